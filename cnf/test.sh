# Sourced by ./cloudos: all that CI runs, its last line `N passed, N failed`.

# Sums the reports of surefire and failsafe: "passed failed".
count_tests() {
  find "$root" -path '*/target/surefire-reports/TEST-*.xml' -o -path '*/target/failsafe-reports/TEST-*.xml' |
    xargs -r grep -h -m1 -oE '<testsuite [^>]*' |
    awk '
      function value(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
      { bad = value("errors") + value("failures"); passed += value("tests") - bad - value("skipped"); failed += bad }
      END { print passed + 0, failed + 0 }'
}

test_all() {
  find "$root" \( -path '*/target/surefire-reports/TEST-*.xml' -o -path '*/target/failsafe-reports/TEST-*.xml' \) -delete
  # The system tests start ./cloudos, which must find everything built.
  is_built || build
  local status passed failed
  mvn -B -ntp -Dstyle.color=never -f "$root/pom.xml" verify --fail-at-end -Dmaven.test.failure.ignore=true "$@"
  status=$?
  read -r passed failed <<<"$(count_tests)"
  if [ $status != 0 ]; then
    failed=$((failed + 1)) # the build itself
  fi
  # On a line of its own, whatever Maven ended with.
  printf '\n%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}
