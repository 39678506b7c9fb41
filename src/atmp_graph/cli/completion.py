"""Shell completion, by argcomplete; imported only when a shell asks."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

import argcomplete
from argcomplete.shell_integration import shellcode


def complete(parser: ArgumentParser) -> None:
    """Answer the shell and leave, if it is a shell that calls."""
    argcomplete.autocomplete(parser)


def print_script(options: Namespace) -> int:
    """Print what a shell must evaluate to complete our commands."""
    sys.stdout.write(shellcode(["atmp-graph"], shell=options.shell))
    return 0
