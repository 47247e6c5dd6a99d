#!/usr/bin/env bash
# Run the Hypothesis tests again and again, each round with other examples, for a time.
# Usage: scripts/fuzz.sh SECONDS. Stops at the first failure, with what reproduces it.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:?usage: scripts/fuzz.sh SECONDS}
while [ "$SECONDS" -lt "$seconds" ]; do
    seed=$RANDOM$RANDOM
    echo "fuzz: seed $seed, $((seconds - SECONDS)) s left"
    status=0
    timeout "$((seconds - SECONDS))" .venv/bin/python -m pytest -q -x -m hypothesis \
        --hypothesis-profile=fuzz --hypothesis-seed="$seed" || status=$?
    # 124: the time is over, which is how most rounds of a short run end.
    [ "$status" -eq 0 ] || [ "$status" -eq 124 ] || exit "$status"
done
echo "fuzz: no failure in $seconds s"
