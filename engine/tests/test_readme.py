import re
import subprocess
import sys
from pathlib import Path

from recotem_engine.testing import block_pairs

README = Path(__file__).parents[1] / "README.md"


def test_the_examples_of_the_readme_run(tmp_path: Path) -> None:
    pairs = [(user[1:], item[1:]) for user, item in block_pairs(0, n_users=200)]
    rows = [f"{u},{i},{1_700_000_000 + n}" for n, (u, i) in enumerate(pairs)]
    log = "\n".join(["userId,movieId,timestamp", *rows])
    (tmp_path / "interactions.csv").write_text(log)
    code = "".join(re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL))
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    shown = ran.stdout.splitlines()
    assert "'ndcg'" in shown[0]
    assert [line.count("Scored(") for line in shown] == [10, 10]
