#!/bin/bash
# Verifies an exported segment or proof of a trail as Trail/README.md specifies it, with nothing but openssl and coreutils. Knows nothing of the product's code.
# Usage: verify-trail.sh FILE [HEAD]      prints the last head; exit code 1 names the first thing wrong.
set -u
wrong() { echo "wrong: $*"; exit 1; }
sha() { openssl dgst -sha256 -r | cut -d' ' -f1; }
bytes() { basenc --base16 -d; }
leaf() { { printf '\0'; printf '%s' "$1" | base64 -d; } | sha; }
node() { printf '01%s%s' "$1" "$2" | tr a-f A-F | bytes | sha; }
root() {
    local level=("$@") above i
    while [ ${#level[@]} -gt 1 ]; do
        above=()
        for ((i = 0; i < ${#level[@]}; i += 2)); do
            if [ $((i + 1)) -lt ${#level[@]} ]; then above+=("$(node "${level[i]}" "${level[i + 1]}")"); else above+=("${level[i]}"); fi
        done
        level=("${above[@]}")
    done
    echo "${level[0]}"
}
title=; number=; head=; through=; leaves=(); climbed=; ended=; known=${2:-}
close() {
    [ "$title" = segment ] && [ -n "$number" ] || return 0
    [ ${#leaves[@]} -eq "$count" ] || wrong "seal $number counts $count entries, there are ${#leaves[@]}"
    [ "$(root "${leaves[@]}")" = "$sealed_root" ] || wrong "seal $number has another root"
    leaves=()
}
while read -r kind a b c d e f g h; do
    case $kind in
    audit-tracker) title=$b ;;
    entry) if [ "$title" = proof ]; then climbed=$(leaf "$a"); else leaves+=("$(leaf "$a")"); fi ;;
    left) climbed=$(node "$a" "$climbed") ;;
    right) climbed=$(node "$climbed" "$a") ;;
    seal)
        close
        if [ -n "$number" ]; then
            [ "$a" -eq $((number + 1)) ] && [ "$b" -eq $((through + 1)) ] && [ "$g" = "$head" ] || wrong "seal $a does not follow seal $number"
        elif [ "$a" -eq 1 ]; then
            [ "$b" -eq 1 ] && [ "$g" = "$(printf '0%.0s' {1..64})" ] || wrong "seal 1 is no beginning"
        fi
        [ "$(printf 'seal1;%s;%s;%s;%s;%s;%s;%s' "$a" "$b" "$c" "$d" "$e" "$f" "$g" | sha)" = "$h" ] || wrong "seal $a has another head"
        if [ "$title" = proof ] && [ -z "$number" ]; then [ "$climbed" = "$e" ] || wrong "the entry does not lead to the root of seal $a"; fi
        number=$a through=$c count=$d sealed_root=$e head=$h
        [ "$head" = "$known" ] && known=
        ;;
    stamp) : ;;
    end) close; ended=1 ;;
    *) wrong "a line that begins with $kind" ;;
    esac
done < "$1"
[ -n "$ended" ] && [ -n "$head" ] || wrong "cut short"
[ -z "$known" ] || wrong "it does not lead to $known"
echo "$head"
