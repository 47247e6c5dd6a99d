"""A worker in another process: it answers one JSON line with another."""

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any


class Worker:
    """
    Start a script and ask it for work, one job at a time.

    Parameters
    ----------
    python : Path or str
        The interpreter.
    script : Path
        What runs in it; its first line says that it is ready.
    arguments : str
        Arguments of the script.
    """

    def __init__(self, python: Path | str, script: Path, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [str(python), str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.about: dict[str, Any] = self._answer()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def ask(self, job: str, **details: Any) -> dict[str, Any]:
        """Let the worker do a job and give its answer."""
        line = json.dumps({"job": job, **details})
        if self._process.stdin is not None:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        """Read the next line that is an answer; what else it prints is left out."""
        for line in self._process.stdout or ():
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        message = f"the worker ended with exit code {self._process.wait()}"
        raise RuntimeError(message)
