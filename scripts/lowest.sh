#!/usr/bin/env bash
# The tests on the oldest release of each package that pyproject.toml allows: bash scripts/lowest.sh ENV [PYTEST OPTIONS]
# Makes the environment ENV with Python 3.11 where it is not there yet; needs uv. Packages that tests compare with are left
# out, since they would pull newer releases of what is tried, and so are the tests that need them.
set -euo pipefail
cd "$(dirname "$0")/.."
env=$1
shift
extras=data,web,export,draft,edition,formulas,dask,arrays
if ! [ -e "$env" ]; then
  uv venv -q --python 3.11 "$env"
  uv pip install -q --python "$env" --resolution lowest-direct ".[$extras]" "pandas>=2.2" "pyarrow>=17" \
    "array-api-strict>=2.6" "duckdb>=1.1" "hypothesis>=6.110" "num2words>=0.5.14" "pytest>=8.3" "pytest-xdist>=3.6"
fi
python=$env/bin/python
"$python" - <<'CHECK'
# what is installed is what pyproject.toml allows at least
import tomllib
from importlib.metadata import version

from packaging.requirements import Requirement

needs = [Requirement(line) for line in tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]]
for need in needs:
    low, has = next(iter(need.specifier)).version, version(need.name)
    assert has.split(".")[: low.count(".") + 1] == low.split("."), f"{need.name}: {has}, not {low}"
print(", ".join(f"{need.name} {version(need.name)}" for need in needs))
CHECK
[ $# -gt 0 ] || set -- -n auto tests/{panel,data,gravity,equilibrium,record,attribution,study,outlook,run,answer,language,cli}
peers=$(grep -rlE "^ *(import|from) (pyfixest|statsmodels|gegravity)" tests --include=*.py | sed 's/^/--ignore=/')
# shellcheck disable=SC2086
PYTHONPATH=src "$python" -m pytest -q -p no:cacheprovider -m "not slow and not browser and not oracle" $peers "$@"
