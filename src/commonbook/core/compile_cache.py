"""
Keep compiled kernels on disk between processes.

This replaces numba's own cache, which stamps a function with a hash of its own file
alone (after an edit of a callee its callers run old machine code), numbers its files in
an index that processes starting together can mix up, and stops the import where no
folder is writable.

Here each compiled signature is one file, written in one step and named by all that went
into it::

    <folder>/numba-<python>-<numba>/<package>-<hash of its path>/
        <module>.<function>.<source stamp>.<hash of signature, machine and flags>.nbc

``<folder>`` is ``$COMMONBOOK_CACHE_DIR`` or else ``commonbook`` in the user's cache
directory. Where it cannot be written the code is compiled without cache, with one
warning. Old files do not pile up: code of an older source is deleted when the
function is compiled anew, and only the trees used last are kept, `TREES_KEPT` of them.
"""

import contextlib
import functools
import hashlib
import os
import pickle
import sys
import warnings
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import numba
from numba.core import config
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from commonbook.core.source_stamp import module_of, source_stamp

#: Source trees (checkouts, environments) whose compiled code stays on disk.
TREES_KEPT = 16

#: Settings of numba (environment variables ``NUMBA_...``) that change the machine code.
FLAGS = ("BOUNDSCHECK", "OPT", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "SLP_VECTORIZE")

_warned = False


def cache_folder() -> Path:
    """
    Name the folder under which compiled kernels are kept; it may not exist yet.

    Returns
    -------
    Path
        ``$COMMONBOOK_CACHE_DIR``, or ``commonbook`` in the user's cache directory.

    Raises
    ------
    RuntimeError
        If the user has no home directory.
    """
    if chosen := os.environ.get("COMMONBOOK_CACHE_DIR"):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        parent = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        parent = Path.home() / "Library" / "Caches"
    else:
        parent = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(parent) / "commonbook"


def cache_for(
    func: Callable[..., Any], options: dict[str, Any]
) -> "KernelCache | None":
    """
    Make the cache of one function.

    Parameters
    ----------
    func : callable
        A plain function.
    options : dict
        The options that numba compiles it with.

    Returns
    -------
    KernelCache or None
        None for functions that close over values or have no source file, since no
        stamp could tell when they change, and where no cache folder can be named.
    """
    module = module_of(func) if func.__closure__ is None else None
    if module is None:
        return None
    version = f"numba-{sys.version_info[0]}.{sys.version_info[1]}-{numba.__version__}"
    top = module.name.partition(".")[0]
    place = hashlib.sha256(str(module.root).encode()).hexdigest()[:10]
    try:
        folder = cache_folder() / version / f"{top}-{place}"
    except RuntimeError as error:
        _warn_once(error)
        return None
    name = f"{module.name}.{func.__qualname__}".replace("<", "").replace(">", "")
    # The line tells apart two functions of one name.
    variant = (func.__code__.co_firstlineno, *sorted(options.items()))
    return KernelCache(folder, name, source_stamp(module)[:16], variant)


class KernelCache:
    """
    The compiled signatures of one function, as numba's dispatcher wants them.

    Parameters
    ----------
    folder : Path
        Where the files are; made when it is needed.
    name : str
        Dotted name of the function.
    stamp : str
        Source stamp, 16 characters.
    variant : hashable
        What else tells apart code that has the same name and signature.
    """

    def __init__(self, folder: Path, name: str, stamp: str, variant: Hashable) -> None:
        self._folder = folder
        self._name = name
        self._stamp = stamp
        self._variant = variant

    @property
    def cache_path(self) -> str:
        """
        Folder of the function's files.

        Returns
        -------
        str
            A path.
        """
        return str(self._folder)

    def load_overload(self, sig: Hashable, target_context: Any) -> Any:
        """
        Load the machine code of one signature.

        Parameters
        ----------
        sig : tuple of numba types or Signature
            The argument types.
        target_context : numba target context
            Where the code is loaded to.

        Returns
        -------
        CompileResult or None
            None when it has to be compiled.
        """
        target_context.refresh()
        key = self._key(sig, target_context.codegen())
        try:
            stored_key, payload = pickle.loads(self._path(key).read_bytes())  # noqa: S301
            if stored_key != key:
                return None
            _mark_used(self._folder)
            return CompileResult._rebuild(target_context, *payload)  # type: ignore[no-untyped-call]
        except Exception:
            # No file, or a damaged one: unpickling those can raise anything. Either way
            # the function is compiled, which writes the file.
            return None

    def save_overload(self, sig: Hashable, result: Any) -> None:
        """
        Keep the machine code of one signature for other processes.

        Parameters
        ----------
        sig : tuple of numba types or Signature
            The argument types.
        result : CompileResult
            What numba compiled.
        """
        # Addresses in this process are of no use to others: in the code (large global
        # arrays), or in the signature (compiled functions passed as arguments).
        if result.library.has_dynamic_globals or " at 0x" in repr(sig):
            return
        key = self._key(sig, result.codegen)
        content = dumps((key, result._reduce()))  # type: ignore[no-untyped-call]
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(parents=True)
                _forget_old_trees(self._folder)
            _write(self._path(key), content)
            self._delete(lambda path: path.suffixes[-3] != f".{self._stamp}")
        except OSError as error:
            _warn_once(error)

    def flush(self) -> None:
        """Delete the function's files; numba calls this to compile it anew."""
        self._delete(lambda _: True)

    def _key(self, sig: Hashable, codegen: Any) -> tuple[Hashable, ...]:
        flags = tuple(getattr(config, flag) for flag in FLAGS)
        return sig, codegen.magic_tuple(), flags, self._variant

    def _path(self, key: tuple[Hashable, ...]) -> Path:
        # repr, as pickles of equal values can differ; the file holds the key itself.
        short = hashlib.sha256(repr(key).encode()).hexdigest()[:16]
        return self._folder / f"{self._name}.{self._stamp}.{short}.nbc"

    def _delete(self, unwanted: Callable[[Path], bool]) -> None:
        for path in self._folder.glob(f"{self._name}.{'?' * 16}.{'?' * 16}.nbc"):
            if unwanted(path):
                path.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@functools.cache
def _mark_used(folder: Path) -> None:
    with contextlib.suppress(OSError):  # a cache that can only be read is fine
        os.utime(folder)


def _forget_old_trees(created: Path) -> None:
    # Only files with our ending are deleted, whatever the user named as the folder.
    trees = sorted(created.parents[1].glob("numba-*/*-*/"), key=_last_use)
    for tree in trees[:-TREES_KEPT]:
        for path in tree.glob("*.nbc"):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            tree.rmdir()


def _last_use(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # deleted by another process
        return 0.0


def _warn_once(error: Exception) -> None:
    global _warned  # noqa: PLW0603
    if not _warned:
        _warned = True
        warnings.warn(
            f"compiled kernels are not kept, so each process compiles them again: "
            f"{error}; set COMMONBOOK_CACHE_DIR to a folder that can be written",
            RuntimeWarning,
            stacklevel=2,
        )
