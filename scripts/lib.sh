# Shared by the scripts beside it: Debian packages, and one clear sentence when they cannot be had.

# Prints those of the named Debian packages that are not installed.
missing_packages() {
    local name
    for name in "$@"; do
        [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || echo "$name"
    done
}

# Installs the named Debian packages where they are missing; ends the script with a sentence where it cannot.
need_packages() {
    local missing as_root=()
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        command -v sudo >/dev/null && sudo -n true 2>/dev/null && as_root=(sudo -n)
        ((${#as_root[@]})) || [[ ! -t 0 ]] || ! command -v sudo >/dev/null || as_root=(sudo)
    fi
    if ! command -v apt-get >/dev/null || { ((EUID != 0)) && ((!${#as_root[@]})); }; then
        echo "Missing system packages, and no right to install them here; run as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
