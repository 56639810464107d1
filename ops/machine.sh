# Sourced by run, test and audit-tracker: what they need of the machine, and the build.
# Everything said here goes to the error stream: a verb's output is often captured.
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Japanese sorting and culture names need ICU; some images switch it off.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# as_root COMMAND…: as root or by sudo.
as_root() {
    if ((EUID == 0)); then "$@" >&2; else sudo "$@" >&2; fi
}

# get PACKAGE…: installs with apt; where that may not be done it says what is missing and ends.
get() {
    command -v apt-get >/dev/null || stop "Missing: $*. This is no Debian: install it in this system's own way."
    # sudo may ask for a password only where somebody sits.
    if ((EUID != 0)) && ! sudo -n true 2>/dev/null && ! { command -v sudo >/dev/null && [[ -t 0 ]]; }; then
        stop "Missing: $*. Have root install it: apt-get install $*"
    fi
    say "Installing $*"
    if [[ $* == *postgresql* ]] && ! grep -qs '^create_main_cluster *= *false' /etc/postgresql-common/createcluster.conf; then
        # Debian's package would start a server of its own that nobody asked for.
        as_root mkdir -p /etc/postgresql-common
        as_root sh -c 'echo "create_main_cluster = false" >> /etc/postgresql-common/createcluster.conf'
    fi
    as_root apt-get update -q || true # an unreachable extra source need not matter
    # confold: keeps the file just written, which the package wants to bring itself.
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@" ||
        stop "Missing: $*, and apt-get could not install it (see above)."
}

# has_postgres VERSION: the programs of that version, or of any that will do.
has_postgres() {
    local initdb version
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        version=${initdb#/usr/lib/postgresql/}
        version=${version%%/*}
        [[ -x $initdb ]] && ((version >= 15)) && [[ -z $1 || $1 == "$version" ]] && return
    done
    return 1
}

# need_postgres DATA: PostgreSQL's programs, of the version that made the database in DATA.
need_postgres() {
    local version=''
    [[ -r $1/postgres/PG_VERSION ]] && version=$(<"$1/postgres/PG_VERSION")
    has_postgres "$version" && return
    get "postgresql${version:+-$version}"
    has_postgres "$version" || stop "This system's PostgreSQL is older than 15. Install postgresql-17 from apt.postgresql.org."
}

need_dotnet() {
    local icu
    # No `… | grep -q` here: under pipefail the broken pipe counts as "not found".
    if [[ $(/sbin/ldconfig -p) != *libicuuc* ]]; then
        icu=$(apt-cache search --names-only '^libicu[0-9]+$' | awk '{print $1}' | sort -V | tail -n 1)
        get "${icu:-libicu-dev}"
    fi
    [[ -e /usr/share/zoneinfo/Asia/Tokyo ]] || get tzdata
    command -v dotnet >/dev/null || stop 'Missing: the .NET SDK 10 (https://dotnet.microsoft.com/download). Put dotnet on the PATH.'
    (cd "$root" && dotnet --version >/dev/null) || stop 'The .NET SDK is older than global.json asks for.'
}

# build: publishes the binary when a source is newer, and sets `binary` to it.
# Each build gets a folder of its own: overwriting the files of a running service would crash it.
build() {
    local builds=$root/src/AuditTracker/bin/ops stamp newest old
    # obj beside it: made by the first build, it would make this folder newer than that build, and the next start would build again.
    mkdir -p "$builds" "$root/src/AuditTracker/obj"
    exec 9>"$builds/lock"
    flock 9
    stamp=$builds/current/.sources
    # Folders are looked at too: a deleted file changes only its folder's time.
    if [[ ! -e $stamp || -n $(cd "$root" && find src templates Directory.*.props global.json -name bin -prune -o -name obj -prune -o -newer "$stamp" -print -quit) ]]; then
        need_dotnet
        say 'Building'
        newest=$(mktemp -d "$builds/build-XXXXXX")
        touch "$newest/.sources.new" # before the compiler reads anything
        dotnet publish "$root/src/AuditTracker" -c Release -o "$newest" -v quiet -nodeReuse:false \
            -p:UseSharedCompilation=false -p:RestoreLockedMode=true 9>&- >&2 || { rm -rf "$newest"; stop 'The build failed.'; }
        mv "$newest/.sources.new" "$newest/.sources"
        chmod 755 "$newest"
        ln -sfn "$newest" "$builds/current.new"
        mv -T "$builds/current.new" "$builds/current"
        for old in "$builds"/build-*; do
            [[ $old == "$newest" ]] || grep -qsF "$old/" /proc/[0-9]*/cmdline || rm -rf "$old"
        done
    fi
    exec 9>&-
    binary=$(readlink -f "$builds/current")/audit-tracker.dll
}
