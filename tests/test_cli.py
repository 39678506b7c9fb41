"""The command line: what is typed, what is printed where, and the exit codes that scripts rely on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from atmp_graph.build import build
from atmp_graph.cli import main
from atmp_graph.cli.arguments import COMMANDS, GROUPS
from atmp_graph.cli.quick import answer
from atmp_graph.cli.table import table, wrap
from atmp_graph.vocabulary import ID

TINY_HOME = Path(__file__).parent / "tiny_home"
MONEY = "data/report/1-money.ttl"
PLACES = "SELECT ?place ?label { ?place a atmp:Place ; rdfs:label ?label } ORDER BY ?label ?place"


class Run:
    """Calls commands on one home and gives back exit code, output and messages."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = main(["--home", str(self.home), *arguments])
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err


@pytest.fixture
def run(tiny_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("COLUMNS", raising=False)
    return Run(tiny_home, capsys)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a release, for tests that change neither."""
    home = tmp_path_factory.mktemp("built") / "home"
    shutil.copytree(TINY_HOME, home)
    build(home, home / ".atmp-graph")
    return home


@pytest.fixture
def ask(built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("COLUMNS", raising=False)
    return Run(built, capsys)


def edit(home: Path, name: str, before: str, after: str) -> None:
    text = (home / name).read_text(encoding="utf-8")
    assert before in text
    (home / name).write_text(text.replace(before, after), encoding="utf-8")


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The help fits a screen and names each command with what it does."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0
    assert len(text.splitlines()) <= 40
    grouped = {name for names in GROUPS.values() for name in names}
    for name, (summary, _, _) in COMMANDS.items():
        assert name in grouped | {"completion"}
        assert name == "completion" or f"  {name:9} {summary}" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command explains itself and its options."""
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: atmp-graph {name}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bild"], "there is no command 'bild'"),
        ([], "no command was given"),
        (["query"], "no query was given"),
        (["query", "-e", "ASK {}", "file"], "give a query by file or by -e, not both"),
        (["query", "no-such-file"], "cannot read this file"),
        (["query", "-e", "ASK {}", "--format", "xls"], "argument --format: invalid choice: 'xls'"),
        (["query", "-e", "SELECT"], ""),
        (["query", "-e", "DESCRIBE id:northx", "--format", "csv"], "this query gives no csv"),
        (["format", "no-such-file"], "there is no such file or folder"),
        (["validate", "no-such-file"], "there is no such file or folder"),
        (["serve", "--port", "many"], "--port cannot be 'many'"),
        (["export"], "the following arguments are required: DIR"),
    ],
)
def test_wrong_use_is_2_with_a_hint(ask: Run, arguments: list[str], message: str) -> None:
    """Wrong use prints nothing to standard output, one error with a way out to standard error, and exits
    with 2.
    """
    code, out, err = ask(*arguments)
    assert (code, out) == (2, "")
    assert f"error: {message}" in err
    assert "hint: " in err or "at " in err


def test_mistyped_command_is_recognised(ask: Run) -> None:
    """The nearest command is offered."""
    assert "hint: did you mean build?" in ask("bild")[2]


def test_home_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without knowledge is wrong use, named with its place."""
    assert main(["--home", str(tmp_path), "build"]) == 2
    assert f"  at {tmp_path}" in capsys.readouterr().err


def test_build_prints_what_it_made(run: Run) -> None:
    """Build prints id, counts and time to standard output; again, it says that nothing changed."""
    code, out, err = run("build")
    assert (code, err) == (0, "")
    lines = dict(line.split(None, 1) for line in out.splitlines())
    assert lines["triples"] == "158 (15 inferred)"
    assert lines["sections"] == "2 of 2 sources"
    assert Path(lines["folder"]).name == lines["release"]
    assert run("build")[1].splitlines()[0] == f"release   {lines['release']} (unchanged)"


def test_build_reports_every_problem(run: Run) -> None:
    """Bad data are exit code 1, with each problem's place, and the number of problems last."""
    edit(run.home, MONEY, "atmp:amount", "atmp:ammount")
    edit(run.home, MONEY, "id:vinnova", "id:vinova")
    code, out, err = run("build")
    assert (code, out) == (1, "")
    assert f"  at {MONEY}:14\n  hint: did you mean atmp:amount?" in err
    assert err.endswith("2 problems found\n")


def test_unreadable_data_are_2(run: Run) -> None:
    """A syntax error is unreadable input."""
    (run.home / MONEY).write_text("@prefix", encoding="utf-8")
    code, _, err = run("build")
    assert code == 2
    assert f"  at {MONEY}:1" in err


@pytest.mark.parametrize("name", ["table", "csv", "tsv", "json", "xml"])
@pytest.mark.parametrize("query", [PLACES, "ASK {}", "SELECT * { ?s ?p 50000000 }", "SELECT ?x {} LIMIT 0"])
def test_short_way_says_the_same(ask: Run, name: str, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way of a query gives byte for byte what the full way gives."""
    arguments = ["query", "-e", query, "--format", name]
    quick = answer(["--home", str(ask.home), *arguments])
    assert quick is not None
    monkeypatch.setattr("atmp_graph.cli.quick.answer", lambda _: None)
    code, out, err = ask(*arguments)
    assert (code, out.encode(), err) == (0, quick, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "-e", "SELECT"],
        ["query", "-e", "DESCRIBE <x:y>"],
        ["query", "-e", "ASK { SERVICE <x:y> {} }"],
        ["query", "-e", "ASK {}", "--format", "ttl"],
        ["query", "-"],
        ["query", "--help"],
        ["build", "-e", "ASK {}"],
    ],
)
def test_short_way_leaves_the_rest(ask: Run, arguments: list[str]) -> None:
    """Errors, graphs and other commands go the full way."""
    assert answer(["--home", str(ask.home), *arguments]) is None


@pytest.mark.parametrize("arguments", [["q01"], ["Q01-money", "--lang", "sv"], ["q01", "--lang", "en"]])
def test_short_way_of_a_question_says_the_same(
    ask: Run, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question's answer is byte for byte the same both ways."""
    quick = answer(["--home", str(ask.home), "ask", *arguments])
    assert quick is not None
    monkeypatch.setattr("atmp_graph.cli.quick.answer", lambda _: None)
    assert ask("ask", *arguments) == (0, quick.decode(), "")


def test_ask_shows_the_section_of_each_row(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer names each row's source and heading, in the language asked for or else the user's own."""
    code, out, _ = ask("ask", "q01", "--lang", "en")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "Who pays whom?"
    assert lines[2].split() == ["Flow", "Amount", "Section"]
    assert lines[4].split("  ") == ["Grant to NorthX", "50000000", "Report: Money"]
    monkeypatch.setenv("LC_ALL", "sv_SE.UTF-8")
    assert "Bidrag till NorthX  50000000  Rapport: Money" in ask("ask", "q01")[1]


def test_ask_lists_the_questions(ask: Run) -> None:
    """Without a name, the questions are listed."""
    assert "q01  Who pays whom?" in ask("ask", "--lang", "en")[1]
    assert json.loads(ask("ask", "--lang", "sv", "--format", "json")[1])[0]["title"] == "Vem betalar vem?"


def test_ask_for_programs(ask: Run) -> None:
    """CSV and JSON carry IRIs, labels and the section."""
    header, row = ask("ask", "q01", "--lang", "en", "--format", "csv")[1].splitlines()
    assert header == "flow,flow_label,amount,section,section_label"
    assert row.startswith(f"{ID}report-1-grant,Grant to NorthX,50000000,")
    (row_,) = json.loads(ask("ask", "q01", "--format", "json", "--lang", "en")[1])["rows"]
    assert (row_["amount"], row_["flow"]["label"]) == (50000000, "Grant to NorthX")
    assert row_["section"]["heading"] == "Money"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["q99"], "there is no question 'q99'"),
        (["q01", "--with", "x=1"], "question q01 has no parameter x"),
        (["q01", "--with", "x"], "--with x is not a parameter"),
        (["--with", "x=1"], "--with needs a question"),
    ],
)
def test_ask_wrongly(ask: Run, arguments: list[str], message: str) -> None:
    """A wrong name or parameter is wrong use, with the way out."""
    code, out, err = ask("ask", *arguments)
    assert (code, out) == (2, "")
    assert f"error: {message}" in err
    assert "  hint: " in err


def test_search_finds_by_any_name(ask: Run) -> None:
    """A name without its accents finds the thing, with its kind."""
    code, out, _ = ask("search", "skane", "--lang", "sv")
    assert code == 0
    assert "Skåne" in out
    assert "id:skane" in out
    assert ask("search", "nothing like it")[:2] == (0, "Nothing found.\n")
    assert json.loads(ask("search", "NX", "--format", "json")[1])[0]["iri"] == ID + "northx"


@pytest.mark.parametrize("thing", ["id:northx", ID + "northx", "northx", "NorthX"])
def test_show_tells_everything_with_sections(ask: Run, thing: str) -> None:
    """A thing is meant by IRI, short name or label; what is said of it comes with where, both ways."""
    code, out, _ = ask("show", thing, "--lang", "en")
    assert code == 0
    assert out.startswith("NorthX\nid:northx · Company\nalso called: NX\n")
    assert "is located in\n    Lund (Place)    Brochure: Places\n" in out
    assert "    Scania (Place)  (follows from the ontology)" in out
    assert "← to\n    Grant to NorthX (Funding flow)  Report: Money" in out
    assert json.loads(ask("show", thing, "--format", "json")[1])["iri"] == ID + "northx"


def test_why_names_the_section(ask: Run) -> None:
    """Each statement stands under the section that makes it; one property can be asked for."""
    code, out, _ = ask("why", "id:report-1-grant", "--lang", "en")
    assert code == 0
    assert out.startswith("Report: Money\n")
    assert "    amount" in out
    assert (
        ask("why", "id:report-1-grant", "fromFunder", "--lang", "en")[1]
        == "Report: Money\n    from  Vinnova\n"
    )


@pytest.mark.parametrize("command", ["show", "why"])
@pytest.mark.parametrize("thing", ["id:nobody", "nobody at all", "x:y"])
def test_unknown_thing(ask: Run, command: str, thing: str) -> None:
    """A thing that nothing is said of is wrong use, with the way to find one."""
    code, out, err = ask(command, thing)
    assert (code, out) == (2, "")
    assert "  hint: " in err


def test_diff_tells_what_changed(run: Run) -> None:
    """Two releases by id: the facts that came and went, by section; the same release says the same."""
    old = run("build")[1].split()[1]
    edit(run.home, MONEY, "50000000", "60000000")
    new = run("build")[1].split()[1]
    code, out, _ = run("diff", old, new[:6], "--lang", "en")
    assert code == 0
    assert (
        "        + Grant to NorthX: amount: “60000000”\n        - Grant to NorthX: amount: “50000000”" in out
    )
    assert run("diff", old, old, "--lang", "en")[1] == "The two releases say the same.\n"
    assert run("diff", old, "nothing")[0] == 2
    assert json.loads(run("diff", old, new, "--format", "json")[1])["sections"][0]["added"]


def test_query_builds_when_the_folders_changed(run: Run) -> None:
    """A query answers from the folders as they are now, without a word to a pipe."""
    ask = ("query", "-e", "SELECT ?n { id:report-1-grant atmp:amount ?n }", "--format", "csv")
    assert run(*ask) == (0, "n\r\n50000000\r\n", "")
    edit(run.home, MONEY, "50000000", "70000000")
    assert run(*ask) == (0, "n\r\n70000000\r\n", "")


def test_query_answers_from_the_last_good_release(run: Run) -> None:
    """While the folders do not build, the answer comes from the last good release, with a warning."""
    run("build")
    edit(run.home, MONEY, "atmp:amount", "atmp:ammount")
    code, out, err = run("query", "-e", "ASK {}")
    assert (code, out) == (0, "true\n")
    assert "warning: 1 problem found: the answer comes from the last good release" in err


def test_query_gives_rdf(ask: Run, tmp_path: Path) -> None:
    """CONSTRUCT and DESCRIBE print tidy Turtle, or the RDF format asked for; a query may be a file."""
    (tmp_path / "q.rq").write_text("DESCRIBE id:lund", encoding="utf-8")
    code, out, _ = ask("query", str(tmp_path / "q.rq"))
    assert code == 0
    assert "id:lund a atmp:Place ;" in out
    assert "@prefix foaf:" not in out
    assert "<http://www.w3.org/1999/" in ask("query", str(tmp_path / "q.rq"), "--format", "nt")[1]


def test_query_error_names_file_and_line(ask: Run, tmp_path: Path) -> None:
    """A syntax error in a file is at file:line:column."""
    (tmp_path / "q.rq").write_text("SELECT *\nWHERE { ?s ?p }", encoding="utf-8")
    code, _, err = ask("query", str(tmp_path / "q.rq"))
    assert code == 2
    assert f"  at {tmp_path}/q.rq:2:" in err


def test_tables_fit_the_window(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the window; IRIs are wrapped and not cut."""
    monkeypatch.setenv("COLUMNS", "40")
    code, out, _ = ask("query", "-e", "SELECT ?g ?s ?o { GRAPH ?g { ?s atmp:isSectionOf ?o } } ORDER BY ?g")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 40
    first = "".join(line[: out.splitlines()[1].index(" ")].strip() for line in out.splitlines()[2:])
    assert "<https://w3id.org/atmp-graph/graph/brochure/1-places>" in first


def test_table_layout() -> None:
    """Numbers stand to the right, wide letters count double, empty cells are empty."""
    text = table(["name", "n"], [["漢字", "1"], ["å", "20"], ["", ""]])
    assert text == "name   n\n────  ──\n漢字   1\nå     20\n\n"
    assert wrap("one two three", 7) == ["one two", "three"]
    assert "".join(wrap("https://example.org/a/b/c", 10)) == "https://example.org/a/b/c"


def test_format_writes_and_checks(run: Run) -> None:
    """``--check`` names what is not canonical and exits with 1; without it the file is written, and then
    all is well.
    """
    assert run("format", "--check")[0] == 0
    edit(run.home, MONEY, "    atmp:amount 50000000 ;\n", "")
    edit(run.home, MONEY, "a atmp:FundingFlow ;", "atmp:amount 50000000 ; a atmp:FundingFlow ;")
    code, _, err = run("format", "--check")
    assert code == 1
    assert f"error: not in canonical form\n  at {MONEY}" in err
    assert run("format")[:2] == (0, f"{MONEY}\n")
    assert run("format", "--check", str(run.home / "data"))[0] == 0


def test_format_refuses_to_lose_comments(run: Run) -> None:
    """A comment inside a file stops the format of that file, unless it may be dropped."""
    edit(run.home, MONEY, "id:report-1-grant", "# why\nid:report-1-grant")
    code, _, err = run("format")
    assert code == 1
    assert "line 12: # why" in err
    assert run("format", "--drop-comments")[0] == 0


def test_validate_ours_and_any(ask: Run, tmp_path: Path) -> None:
    """Ours conform; other data are held against our shapes or shapes of their own, and violations exit with
    1.
    """
    assert ask("validate") == (0, "All rules hold.\n", "")
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "@prefix atmp: <https://w3id.org/atmp-graph/ontology/> .\n<http://x/> a atmp:FundingFlow ."
    )
    code, out, _ = ask("validate", str(bad))
    assert code == 1
    assert f"{bad}:2: error: a funding flow has a recipient" in out
    code, out, _ = ask("validate", str(bad), "--format", "json", "--shapes", str(ask.home / "shapes"))
    assert (code, json.loads(out)["counts"]["Violation"]) == (1, 1)
    assert "sh:ValidationReport" in ask("validate", str(bad), "--format", "ttl")[1]


def test_reason_explains_contradictions(run: Run) -> None:
    """Reason says how much follows; a contradiction comes with the lines that make it, and exit code 1."""
    code, out, _ = run("reason")
    assert code == 0
    assert out.endswith("no contradiction\n")
    edit(
        run.home,
        MONEY,
        "atmp:fromFunder id:vinnova",
        "atmp:fromFunder id:vinnova ;\n    a atmp:Place, atmp:Company",
    )
    code, out, _ = run("reason")
    assert code == 1
    assert "contradiction: disjoint classes: id:report-1-grant" in out
    assert f"    at {MONEY}:17" in out


def test_check_lists_findings(ask: Run) -> None:
    """Check prints each finding with its place and rule, and counts them; errors exit with 1."""
    code, out, _ = ask("check")
    assert code == 1  # the small home has no definitions
    assert "ontology/tiny.ttl:" in out
    assert " errors, " in out.splitlines()[-1]


def test_export_writes_what_is_asked_for(ask: Run, tmp_path: Path) -> None:
    """Export prints the files it wrote, of the current release."""
    code, out, err = ask("export", str(tmp_path / "out"), "--format", "ttl", "--format", "dcat")
    assert code == 0
    assert out.split() == [str(tmp_path / "out/atmp-graph.ttl"), str(tmp_path / "out/catalogue.ttl")]
    assert err.startswith("of release ")
    assert (
        f"<{ID}northx>" in (tmp_path / "out/atmp-graph.ttl").read_text()
        or "id:northx" in (tmp_path / "out/atmp-graph.ttl").read_text()
    )


def test_completion_script(capsys: pytest.CaptureFixture[str]) -> None:
    """The script for a shell registers our name."""
    assert main(["completion", "bash"]) == 0
    assert "atmp-graph" in capsys.readouterr().out


def test_completion_knows_commands_and_options(tiny_home: Path, tmp_path: Path) -> None:
    """A shell that asks is told the commands that fit, and the options of one."""
    found = {}
    for line in ("atmp-graph bui", "atmp-graph query --form"):
        output = tmp_path / "completions"
        environ = os.environ | {
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(output),
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
            "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
        }
        command = [sys.executable, "-c", "from atmp_graph.cli import main; main()"]
        subprocess.run(command, env=environ, cwd=tiny_home, timeout=60, check=False, capture_output=True)
        found[line] = output.read_text()
    assert found == {"atmp-graph bui": "build", "atmp-graph query --form": "--format"}


def script(home: Path, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "import sys; from atmp_graph.cli import main; sys.exit(main())"]
    return subprocess.Popen([*command, "--home", str(home), *arguments], **options)  # type: ignore[call-overload, no-any-return]


def test_reader_that_leaves_is_no_error(ask: Run) -> None:
    """A closed pipe, as by ``head``, ends the command silently."""
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    process = script(ask.home, "query", "-e", query, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_interrupt_is_130(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a command with 130, as shells expect."""

    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("atmp_graph.cli.making.build", interrupt)
    assert ask("build")[0] == 130
