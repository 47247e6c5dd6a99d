import pytest

from commonbook.core.errors import ConfigError
from commonbook.results.store import check_target, publish, write_json


def write_two_files(folder):
    (folder / "a").write_text("a")
    write_json(folder / "provenance.json", {"versions": {"commonbook": "0"}})


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_seen_when_writing_fails(tmp_path):
    def fail(folder):
        (folder / "half").write_text("half")
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - ours, without a message
        publish(tmp_path / "out", fail)
    assert names(tmp_path) == []


def test_an_earlier_run_survives_a_failure(tmp_path):
    publish(tmp_path / "out", write_two_files)

    def fail(folder):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path / "out", fail)
    assert names(tmp_path / "out") == ["a", "provenance.json"]
    assert names(tmp_path) == ["out"]


def test_parents_are_made(tmp_path):
    publish(tmp_path / "deep" / "down", write_two_files)
    assert names(tmp_path / "deep" / "down") == ["a", "provenance.json"]


def test_an_empty_folder_is_free_to_use(tmp_path):
    (tmp_path / "out").mkdir()
    publish(tmp_path / "out", write_two_files)
    assert names(tmp_path / "out") == ["a", "provenance.json"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(ConfigError, match="is not a folder"):
        check_target(tmp_path / "out")


@pytest.mark.parametrize("provenance", ["{}", "[1]", "not json", '{"versions": {}}'])
def test_another_programs_provenance_is_respected(tmp_path, provenance):
    (tmp_path / "provenance.json").write_text(provenance)
    with pytest.raises(ConfigError, match="not those of a run"):
        check_target(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="file/out: cannot be made"):
        publish(tmp_path / "file" / "out", write_two_files)
    assert names(tmp_path) == ["file"]
