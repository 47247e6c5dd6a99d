"""Environments of the peers: each has its own, with pinned versions."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parents[1] / ".cache" / "peers"
READY = "ready.txt"


class PeerMissingError(Exception):
    """A peer that cannot be installed; the message says why."""


def python_of(name: str) -> Path:
    """
    Give the interpreter of a peer, and make its environment when that must be.

    Parameters
    ----------
    name : str
        A folder beside this file, with a ``requirements.txt``.

    Returns
    -------
    Path
        Its Python.

    Raises
    ------
    PeerMissingError
        If the environment cannot be made.
    """
    wanted = (HERE / name / "requirements.txt").read_text() + sys.version
    environment = ENVIRONMENTS / name
    python = environment / "bin" / "python"
    ready = environment / READY
    if ready.exists() and ready.read_text() == wanted:
        return python
    shutil.rmtree(environment, ignore_errors=True)
    print(f"installing {name} into {environment}", file=sys.stderr, flush=True)
    _run(sys.executable, "-m", "venv", "--without-pip", str(environment))
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    requirements = str(HERE / name / "requirements.txt")
    _run(*pip, "--python", str(python), "install", "--requirement", requirements)
    _run(str(python), "-c", f"import {name}")
    ready.write_text(wanted)
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        reason = lines[-1] if lines else f"exit code {done.returncode}"
        raise PeerMissingError(reason)


def main() -> int:
    """Make the environments named on the command line, all without names."""
    names = sys.argv[1:] or sorted(
        p.parent.name for p in HERE.glob("*/requirements.txt")
    )
    failed = 0
    for name in names:
        try:
            print(f"{name}: {python_of(name)}")
        except PeerMissingError as error:
            print(f"{name}: cannot be installed: {error}")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
