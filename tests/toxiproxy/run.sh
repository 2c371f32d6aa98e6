#!/bin/sh
# run.sh NODE NPM FOLDER PROGRAM: copies the client's files to FOLDER, gets its library there, and runs it.
set -eu
node=$1 npm=$2 folder=$3 program=$4
cd "$(dirname "$0")"
mkdir -p "$folder"
cp package.json package-lock.json client_test.mjs "$folder"
cd "$folder"
"$npm" ci --ignore-scripts --no-audit --no-fund
exec "$node" client_test.mjs "$program"
