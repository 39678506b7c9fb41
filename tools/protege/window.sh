# Sourced: a real Protégé on a display of its own. Needs Xvfb, openbox, xdotool and scrot.
# open_window DIR FILE sets $log and brings the window to 1200 × 800 at a fixed place, so that clicks find their target.

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

open_window() {
  local dir file id
  dir=$(readlink -f "$1") file=$(readlink -f "$2")
  home=$(mktemp -d)
  log=$home/log
  exec 3< <(exec Xvfb -displayfd 1 -screen 0 1400x900x24 2>/dev/null)
  xvfb=$!
  read -r display <&3
  export DISPLAY=":$display"
  openbox >/dev/null 2>&1 &
  [ -z "${PREFERENCES:-}" ] || cp -r "$PREFERENCES/." "$home"
  "$tools/run" "$dir" "$home" "$file" >"$log" 2>&1 &
  protege=$!
  trap 'kill $protege $xvfb 2>/dev/null || true; wait $protege 2>/dev/null || true; rm -rf "$home"' EXIT
  title="$(basename "$file")\]"
  wait_for 90 grep -q "successfully completed" "$log"
  wait_for 60 xdotool search --name "$title"
  sleep 5 # the window is mapped before its tabs are laid out
  id=$(xdotool search --name "$title" | head -n 1)
  xdotool windowactivate --sync "$id" windowmove "$id" 100 50 windowsize "$id" 1200 800
  sleep 2
}

wait_for() { # wait_for SECONDS COMMAND…: true once COMMAND succeeds
  local limit=$(($1 * 2))
  for _ in $(seq $limit); do "${@:2}" >/dev/null 2>&1 && return 0; sleep 0.5; done
  echo "timed out waiting for: ${*:2}" >&2
  tail -n 20 "$log" >&2
  return 1
}

click() { xdotool mousemove "$1" "$2" click 1; sleep "${3:-2}"; }
type_in() { xdotool type --delay 20 "$1"; sleep 1; }
shot() { scrot -o "$1"; }

save() {
  xdotool key --clearmodifiers ctrl+s
  wait_for 60 grep -q "Saved ontology" "$log"
  sleep 1
}

close_window() { # prints where each import was found; fails on an error that Protégé logged
  grep -o "Imported ontology document .*\|resolved to .*" "$log" | sort -u || true
  if grep -q "Uncaught Exception" "$log"; then
    grep -A5 "Uncaught Exception" "$log" >&2
    return 1
  fi
}
