"""Make the paths of files with delays absolute."""

import os
from collections.abc import Mapping
from pathlib import Path

from commonbook.config import paths
from commonbook.config.paths import Fault


def with_delay_files(
    section: object, folder: Path, top: paths.Path, faults: list[Fault]
) -> object:
    """
    Locate the files that the delays of a section name.

    Parameters
    ----------
    section : object
        A portfolio or the execution block, as written.
    folder : Path
        Where relative paths start.
    top : tuple of str or int
        Where the section stands.
    faults : list of Fault
        Files that are not there are added.

    Returns
    -------
    object
        The section with absolute paths; what is no delay is left to the model.
    """
    latency = section.get("latency") if isinstance(section, Mapping) else None
    if not isinstance(section, Mapping) or not isinstance(latency, Mapping):
        return section
    located = {
        leg: _located(delay, folder, (*top, "latency", leg), faults)
        for leg, delay in latency.items()
    }
    return {**section, "latency": located}


def _located(
    delay: object, folder: Path, path: paths.Path, faults: list[Fault]
) -> object:
    if not isinstance(delay, Mapping):
        return delay
    key = "file" if "file" in delay else "empirical"
    given = delay.get(key)
    if key == "empirical" and isinstance(given, Mapping):
        return {**delay, key: _located(given, folder, (*path, key), faults)}
    if not isinstance(given, str | os.PathLike) or not os.fspath(given):
        return delay
    file = Path(os.path.normpath(folder / Path(given).expanduser()))
    if not file.exists():
        message = f"found {os.fspath(given)!r}; there is no file {file}"
        faults.append(Fault((*path, key), message))
    return {**delay, key: str(file)}
