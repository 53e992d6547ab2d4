"""The rooms of the house: libraries that know no framework, and imports that point one way (see pyproject.toml)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FRAMEWORKS = ("django", "celery", "kombu", "redis", "environs", "webmail.settings")


def modules_of(package: str) -> list[str]:
    folder = ROOT / package.replace(".", "/")
    return sorted(f"{package}.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("package", ["webmail.protocols", "webmail.mime"])
def test_library_brings_no_framework_along(package: str) -> None:
    modules = modules_of(package)
    assert modules
    imports = "".join(f"import {name}\n" for name in modules)
    program = f"import sys\n{imports}print([name for name in {FRAMEWORKS!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr or f"{package} imports {done.stdout}"


def test_imports_point_down() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_project_package_is_empty() -> None:
    """Celery's usual line in it would pull Celery and Django into the libraries."""
    assert (ROOT / "webmail" / "__init__.py").read_text() == ""
