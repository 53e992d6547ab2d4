#!/usr/bin/env bash
# Installs what is missing, for the sections named: run, demo, test, postgres (deploy/debian-packages.txt; dependency groups of pyproject.toml).
#
# Debian packages → virtual environment in .venv → pinned Python packages → the bundled editor → compiled translations.
# Each step looks first, so a second run does nothing and needs no network. Interrupted anywhere, the next run goes on from there.
set -euo pipefail
cd "$(dirname "$0")/.."

PIP_VERSION=26.3
sections=("$@")

fail() { printf 'webmail: %s\n' "$1" >&2; exit 1; }
say() { printf 'webmail: %s\n' "$1"; }

# The newest suitable Python that can make a virtual environment; PYTHON= chooses another.
find_python() {
  local name
  for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

missing_packages() {
  local section package probe
  while read -r section package probe; do
    if [[ " ${sections[*]} " == *" $section "* ]] && ! eval "$probe" >/dev/null 2>&1; then
      printf '%s\n' "$package"
    fi
  done < <(grep -v -e '^#' -e '^$' deploy/debian-packages.txt)
}

install_packages() {
  local missing=("$@") as_root=()
  local command="apt-get install --no-install-recommends ${missing[*]}"
  command -v apt-get >/dev/null ||
    fail "these are missing: ${missing[*]} (names of Debian packages). There is no apt-get here: install what your system calls them, then run make again."
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; } ||
      fail "these Debian packages are missing and only root may install them. As root, run: $command"
    as_root=(sudo)
  fi
  say "installing Debian packages: ${missing[*]}"
  { "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null; } ||
    fail "apt-get could not install ${missing[*]}: see its words above. As root, try: apt-get update && $command"
  if [ -d /run/systemd/system ]; then
    say "Debian may have started Redis and Dovecot as system services. They are not used here; to stop them: systemctl disable --now redis-server dovecot"
  fi
}

make_environment() {
  local python
  python=$(find_python) || fail "Python 3.11 or newer is needed. Debian 12 has it: apt-get install python3-venv. Or name one: make PYTHON=/path/to/python3.12"
  if ! .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    say "making the virtual environment .venv"
    rm -rf .venv
    "$python" -m venv .venv || fail "the virtual environment could not be made with $python: see its words above."
  fi
}

# One stamp per group: the hash of all that decides what is installed.
install_python_packages() {
  local group=$1 stamp=".venv/.installed-$1" wanted
  shift
  wanted=$(cat requirements.txt pyproject.toml deploy/setup.sh .venv/pyvenv.cfg | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  say "installing Python packages ($group)"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "pip==$PIP_VERSION" &&
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@" ||
    fail "pip could not install the pinned packages: see its words above. It needs to reach a package index once; later runs do not."
  printf '%s' "$wanted" >"$stamp"
}

compile_translations() {
  local catalogue
  [ -d webmail/locale ] || return 0
  while IFS= read -r catalogue; do
    [ "${catalogue%.po}.mo" -nt "$catalogue" ] || msgfmt --check-format -o "${catalogue%.po}.mo" "$catalogue"
  done < <(find webmail/locale -name '*.po')
}

mapfile -t missing < <(missing_packages)
[ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
make_environment
for section in "${sections[@]}"; do
  case $section in
    run) install_python_packages run -r requirements.txt --group assets ;;
    demo) install_python_packages demo --group demo ;;
    test) install_python_packages test --group dev ;;
    postgres) ;;
    *) fail "setup.sh knows the sections run, demo, test and postgres, not $section" ;;
  esac
done
deploy/assets/build.sh || fail "the message editor could not be built: see the words above. Its parts are fetched from npm's registry once."
compile_translations
