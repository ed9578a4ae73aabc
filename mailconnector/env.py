"""Typed readers of the environment. A wrong value ends the start with its name and the reason."""

import os
import secrets
from collections.abc import Callable, Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int, *, least: int = 1, most: int = 2**31 - 1) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    if not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be from {least} to {most}, not {value}.")
    return int(value)


def choice(name: str, choices: Collection[str], default: str) -> str:
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def url(name: str, default: str = "", *, schemes: Collection[str] = ("https", "http")) -> str:
    """Return a base URL without a trailing slash."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in schemes or not parts.hostname):
        begins = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(
            f"{name} must be a full URL that begins with {begins}, not {value!r}."
        )
    return value


def tenant(name: str, *, is_single: Callable[[str], bool]) -> str:
    """Return the ID or a domain of a tenant."""
    value = text(name)
    if value and not is_single(value):
        raise ImproperlyConfigured(
            f"{name} must be the ID (a GUID) or a domain of your own tenant, not {value!r}."
        )
    return value


def networks(name: str, default: str = "") -> list[IPv4Network | IPv6Network]:
    """Return addresses and networks, which commas separate; the text "none" means an empty list."""
    value = text(name, default)
    words = [] if value == "none" else [word.strip() for word in value.split(",") if word.strip()]
    try:
        return [ip_network(word) for word in words]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}.") from error


def names(name: str, default: str = "") -> list[str]:
    """Read a list of names, separated by commas, in lower case."""
    return [each.strip().lower() for each in text(name, default).split(",") if each.strip()]


def secret(name: str, default: str = "") -> str:
    """Return the secret in `name`, or in the file that `name`_FILE names; no error shows it."""
    file = text(f"{name}_FILE")
    if not file:
        return text(name, default)
    if text(name):
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: {file}: {error.strerror}.") from error


def kept_secret(name: str, file: Path, make: Callable[[], str]) -> str:
    """Return the environment's secret, else the one made once and kept in `file` (mode 0600)."""
    if given := secret(name):
        return given
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The file is written aside and then linked: if several processes start together, exactly one
    # wins and nobody reads half a key.
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    if not file.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(make())
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="utf-8").strip()
