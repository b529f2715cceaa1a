#!/bin/sh
# The command line of the packaged program: the window's own executable, made to run a command instead
# (electron/main/command-line.ts). What comes after -- is the command's alone. Linux needs no desktop for it.
here=$(dirname "$(readlink -f "$0")")
if [ "$(uname)" = Darwin ]; then exec "$here/../../MacOS/Lobule" --cli -- "$@"; fi
exec "$here/../lobule" --ozone-platform=headless --cli -- "$@"
