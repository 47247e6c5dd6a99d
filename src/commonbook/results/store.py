"""The folder of a run on disk: written aside, then moved into place at once."""

import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import polars as pl

from commonbook.core.errors import ConfigError, Problem

PROVENANCE = "provenance.json"


def check_target(folder: Path) -> None:
    """
    Refuse a folder that holds anything other than an earlier run.

    Parameters
    ----------
    folder : Path
        Where results will be written.

    Raises
    ------
    ConfigError
        If something else is there.
    """
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise _refusal(folder, "exists and is not a folder; name a new folder")
    if any(folder.iterdir()) and not _is_run(folder):
        allowed = "name a new folder, an empty one, or one of an earlier run"
        raise _refusal(folder, f"holds files that are not those of a run; {allowed}")


def publish(folder: Path, write: Callable[[Path], None]) -> Path:
    """
    Let `write` fill a folder beside `folder`, then put it in its place.

    Parameters
    ----------
    folder : Path
        Where the results belong; an earlier run there is replaced.
    write : callable
        Writes into the empty folder it is given.

    Returns
    -------
    Path
        `folder`.

    Raises
    ------
    ConfigError
        If `folder` holds anything other than an earlier run, or cannot be made.
    """
    check_target(folder)
    target = folder.absolute()
    aside = target.with_name(f".{target.name}.{os.getpid()}.new")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        aside.mkdir(parents=True)
    except OSError as error:
        raise _refusal(folder, f"cannot be made: {error.strerror}") from error
    try:
        write(aside)
        if target.exists():
            target.rename(old)
        aside.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(aside, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return folder


def write_run(
    folder: Path,
    config: str,
    summary: Mapping[str, Any],
    frames: Mapping[str, pl.DataFrame],
    provenance: Mapping[str, Any],
) -> None:
    """
    Write the files of one run.

    Parameters
    ----------
    folder : Path
        An existing folder.
    config : str
        The resolved configuration as YAML.
    summary : mapping
        Figures, as JSON has them.
    frames : mapping of str to polars.DataFrame
        Frames by the name of their file.
    provenance : mapping
        What the results stand on.
    """
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    write_json(folder / "summary.json", summary)
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    write_json(folder / PROVENANCE, {"versions": versions(), **provenance})


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """
    Write a mapping as JSON that people can read.

    Parameters
    ----------
    path : Path
        The file.
    content : mapping
        What JSON can hold; NaN is an error.
    """
    text = json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def folder_names(labels: Iterable[str]) -> dict[str, str]:
    """
    Name a folder after each label; characters that a path cannot hold become dashes.

    Parameters
    ----------
    labels : iterable of str
        Labels of lanes, all different.

    Returns
    -------
    dict of str to str
        By label; folders are different even where capitals do not count.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        plain = name = re.sub(r"[^\w.=,\[\]-]+", "-", label).strip(".-")[:120]
        number = 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.lower())
        names[label] = name
    return names


def versions() -> dict[str, str]:
    """
    List the versions of what computes results.

    Returns
    -------
    dict of str to str
        Version by package, Python included.
    """
    found = {"python": platform.python_version()}
    for package in ("commonbook", "numpy", "numba", "polars"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # used from a source tree
            found[package] = "not installed"
    return found


def _is_run(folder: Path) -> bool:
    """Recognise the folder of an earlier run by its provenance."""
    try:
        provenance = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(provenance, dict) and "commonbook" in provenance.get(
        "versions", {}
    )


def _refusal(folder: Path, what: str) -> ConfigError:
    """Say why a folder cannot be written."""
    return ConfigError([Problem(str(folder), what)], "output folder")
