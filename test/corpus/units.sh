#!/bin/sh
# Reads the unit files of all packages in packages.txt as the system would: what becomes of each key, or that it is refused.
# Needs apt and a mirror of Debian; the report is bundles/units/target/corpus.tsv.  usage: test/corpus/units.sh [FOLDER OF DOWNLOADS]
set -eu
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
debs=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/cloudos/corpus}
apt=${XDG_CACHE_HOME:-$HOME/.cache}/cloudos/apt/trixie-amd64/apt.conf
[ -f "$apt" ] || { "$root/cloudos" image minimal -o "$(mktemp -d)" >/dev/null; }
mkdir -p "$debs"
units=$(mktemp -d)
trap 'rm -rf "$units"' EXIT
for package in $(grep -v '^#' "$here/packages.txt"); do
  set -- "$debs/$package"_*.deb
  [ -f "$1" ] || (cd "$debs" && APT_CONFIG=$apt apt-get -q download "$package" >/dev/null 2>&1) || { echo "no package $package" >&2; continue; }
  set -- "$debs/$package"_*.deb
  mkdir "$units/$package"
  dpkg-deb --fsys-tarfile "$1" | tar -x -C "$units/$package" --wildcards '*systemd/*.*' 2>/dev/null || true
done
# systemd's own source: its units, its tests, and what its fuzzer found, whose first line is the type of unit.
set -- "$debs"/systemd_*.orig.tar.*
if [ ! -f "$1" ]; then
  sed -n 's/^deb /deb-src /p' "$(dirname "$apt")/etc/apt/sources.list" > "$debs/source.list"
  mkdir -p "$debs/lists/partial"
  for step in update 'source --download-only systemd'; do
    (cd "$debs" && APT_CONFIG=$apt apt-get -q -o Dir::Etc::sourcelist="$debs/source.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$debs/lists" $step >/dev/null 2>&1) ||
      echo "no source of systemd: apt-get $step" >&2
  done
  set -- "$debs"/systemd_*.orig.tar.*
fi
if [ -f "$1" ]; then
  mkdir "$units/systemd-source" "$units/systemd-fuzz"
  tar -xf "$1" -C "$units/systemd-source" --wildcards '*/units/*' '*/test/*' '*/man/*'
  for find in "$units"/systemd-source/*/test/fuzz/fuzz-unit-file/*; do
    tail -n +2 "$find" > "$units/systemd-fuzz/$(basename "$find" | tr . _).$(head -n 1 "$find" | tr -d '\0' | grep -oxE '[a-z]+' || echo service)"
  done
fi
echo "$(ls "$units" | wc -l) packages, $(find "$units" -type f -regex '.*[.]\(service\|socket\|timer\|path\|mount\|target\|automount\|swap\|slice\)' | wc -l) unit files"
cd "$root"
mvn -q -B -o -pl bundles/units -am package -Dtest=CorpusTest -Dsurefire.failIfNoSpecifiedTests=false -Dcloudos.units.corpus="$units"
echo; sed -n 1p bundles/units/target/corpus.tsv
cut -f1 bundles/units/target/corpus.tsv | sed 1d | sort | uniq -c | sort -rn
