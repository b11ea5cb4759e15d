# Sourced: how a check that cannot run here ends. It counts as skipped, and as failed where CI=true: there it is required.
# skip <why>
skip() {
  echo "skipped: $1"
  if [ "${CI:-}" = true ]; then
    echo "with CI=true nothing may be skipped" >&2
    exit 1
  fi
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}
