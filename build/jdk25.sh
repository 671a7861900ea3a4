# Sets JAVA_HOME to a JDK 25, wherever it is; sourced by ./ifbus, ./check and ./bench. No output unless there is none.
is_25() { [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25[.""]' "$1/release" 2>/dev/null; }

find_jdk25() {
    for home in "${IFBUS_JAVA_HOME:-}" "${JAVA_HOME:-}" "${JAVA_HOME_25_X64:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* /opt/*; do
        if [ -n "$home" ] && is_25 "$home"; then echo "$home"; return 0; fi
    done
    return 1
}

if ! JAVA_HOME=$(find_jdk25); then
    echo "ifbus needs a JDK 25 and found none. Install one (Temurin: package temurin-25-jdk of the Adoptium repository) or set IFBUS_JAVA_HOME to where it is." >&2
    exit 1
fi
export JAVA_HOME
