# Sourced by ./cloudos when this machine may lack something. Installs with apt where root, and says so; else says
# what to install.

has() { command -v "$1" >/dev/null 2>&1; }

# apt_install PURPOSE PACKAGE...
apt_install() {
  local purpose=$1; shift
  if ! has apt-get; then
    say "error: missing for $purpose: $*" "(Debian's names; this machine has no apt-get)"
    return 1
  fi
  if [ "$(id -u)" != 0 ]; then
    printf 'error: missing for %s: %s\n  Install with: sudo apt-get update && sudo apt-get install --no-install-recommends %s\n' \
      "$purpose" "$*" "$*" >&2
    return 1
  fi
  say "Missing for $purpose: $*. Installing with apt-get ..."
  local log=$work/apt.log
  mkdir -p "$work"
  # An index may be there already; a stale or absent one makes the first try fail.
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 ||
    { apt-get update >>"$log" 2>&1; DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1; } ||
    { printf 'error: apt-get could not install %s:\n' "$*" >&2; tail -n 5 "$log" >&2; return 1; }
}

install_basics() {
  has mvn || apt_install "building" maven || return 1
  find_java && return 0
  if [ -n "$(apt-cache search --names-only '^openjdk-25-jdk-headless$' 2>/dev/null)" ]; then
    apt_install "everything" openjdk-25-jdk-headless
    return
  fi
  # A Debian older than JDK 25: its successor's package, unpacked beside the system. Nothing is installed.
  say "JDK 25 was not found, and this machine's package index has none; taking Debian trixie's into ${XDG_CACHE_HOME:-$HOME/.cache}/cloudos/jdk ..."
  unpack_jdk && find_java && return 0
  printf 'error: expected a JDK of version 25 or newer, found none.\n  %s\n  %s\n' \
    "Looked at JAVA_HOME, PATH, /usr/lib/jvm, /opt, ~/.sdkman and ~/.jdks." \
    "Install one (for example openjdk-25-jdk-headless, or Temurin 25) and set JAVA_HOME to it." >&2
  return 1
}

# The mirror that this machine's own apt uses for Debian.
debian_mirror() {
  apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT) $(CREATED_BY)' 2>/dev/null |
    awk '$3 == "main" && $1 ~ /^https?:/ && $1 !~ /security/ { print $1; exit }'
}

# Debian trixie's JDK with the C library that it was built for, in a folder of its own: the programs are told to use
# that library, and nothing on the system changes.
unpack_jdk() {
  local to=${XDG_CACHE_HOME:-$HOME/.cache}/cloudos/jdk log=$work/apt-jdk.log
  has apt-get && has dpkg-deb || return 1
  mkdir -p "$work" && rm -rf "$to" && mkdir -p "$to" || return 1
  if ! (cd "$to" && fetch_jdk && patch_jdk && usr/lib/jvm/java-25-openjdk-*/bin/java -version) >"$log" 2>&1; then
    printf 'error: it could not be set up:\n' >&2
    grep -E '^(E|W):|error|not found' "$log" | head -n 5 >&2
    rm -rf "$to"
    return 1
  fi
  rm -rf "$to/apt"
}

# In the folder to unpack into.
fetch_jdk() {
  local mirror apt deb
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || { echo "E: apt on this machine has no Debian mirror configured"; return 1; }
  mkdir -p apt/state/lists/partial apt/cache/archives/partial
  printf 'deb %s trixie main\n' "$mirror" >apt/sources.list
  : >apt/state/status
  apt=(-o "Dir::State=$PWD/apt/state" -o "Dir::State::status=$PWD/apt/state/status" -o "Dir::Cache=$PWD/apt/cache"
    -o "Dir::Etc::sourcelist=$PWD/apt/sources.list" -o Dir::Etc::sourceparts=- -o "APT::Sandbox::User=$(id -un)")
  apt-get "${apt[@]}" update || return 1
  apt-get "${apt[@]}" download openjdk-25-jdk-headless openjdk-25-jre-headless libc6 libgcc-s1 libstdc++6 zlib1g \
    liblcms2-2 libjpeg62-turbo || return 1
  has patchelf || apt-get download patchelf || return 1
  for deb in *.deb; do dpkg-deb -x "$deb" . || return 1; done
  rm -f ./*.deb
}

patch_jdk() {
  local tool=patchelf libraries loader file
  has patchelf || tool=$PWD/usr/bin/patchelf
  libraries=$(dirname "$(find "$PWD" -name libstdc++.so.6 | head -n 1)")
  loader=$(find "$PWD" -name 'ld-linux-*.so.*' -type f | head -n 1)
  for file in usr/lib/jvm/java-25-openjdk-*/bin/* usr/lib/jvm/java-25-openjdk-*/lib/jspawnhelper; do
    [ -L "$file" ] || "$tool" --set-interpreter "$loader" --force-rpath \
      --set-rpath "$(dirname "$loader"):$libraries:\$ORIGIN/../lib:\$ORIGIN/../lib/jli" "$file" || return 1
  done
  # Debian keeps the configuration in /etc; here it is beside.
  find usr/lib/jvm -type l | while read -r file; do
    case $(readlink "$file") in /etc/*) ln -sfn "$PWD$(readlink "$file")" "$file" ;; esac
  done
}

# What boot and image need, by the file that each package brings.
install_for_images() {
  local missing=()
  need() { has "$1" || [ -e "$1" ] || missing+=("$2"); }
  PATH=$PATH:/usr/sbin:/sbin
  need qemu-system-x86_64 qemu-system-x86
  need gcc gcc
  need /usr/include/stdio.h libc6-dev
  case ${1-} in bench)
    need script bsdutils
    need fio fio
    need mkfs.btrfs btrfs-progs
    need mkfs.xfs xfsprogs
    need bindfs bindfs
    need jq jq
    need s6-svscan s6
    [ -e /usr/bin/busybox ] || need busybox busybox-static ;;
  test)
    need rsyslogd rsyslog
    need ip iproute2
    compgen -G '/usr/lib/*/rsyslog/lmnsd_gtls.so' >/dev/null || missing+=(rsyslog-gnutls)
    need curl curl
    need logger bsdutils
    need prometheus prometheus
    [ -e /usr/bin/chromium ] || has chromium-browser || has google-chrome || missing+=(chromium) ;;
  esac
  case "${1-} $* " in # another architecture's images and machines
    test\ *|*[\ =]aarch64\ *|*[\ =]arm64\ *)
      need qemu-system-aarch64 qemu-system-arm
      need /usr/share/AAVMF/AAVMF_CODE.fd qemu-efi-aarch64
      need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
      need aarch64-linux-gnu-objcopy binutils-aarch64-linux-gnu
      need /usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross ;;
  esac
  case ${1-} in test) # programs that are let loose on volumes
    need fio fio
    need rsync rsync
    need setfacl acl
    need setfattr attr
    need sqlite3 sqlite3
    need git git
    need fusermount3 fuse3 ;;
  esac
  need mkfs.erofs erofs-utils
  need mcopy mtools
  need mkfs.vfat dosfstools
  need sfdisk fdisk
  need objcopy binutils
  need mkfs.ext4 e2fsprogs
  need /usr/share/OVMF/OVMF_CODE_4M.fd ovmf
  need ssh openssh-client
  [ ${#missing[@]} -eq 0 ] || apt_install "booting and images" "${missing[@]}"
}
