"""Show the pages that a person sees while signing in."""

from collections.abc import Iterable
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse

from exchange_emulator.directory import App, User
from exchange_emulator.entra.answers import correlation_id
from exchange_emulator.entra.errors import EntraError, description
from exchange_emulator.entra.scopes import PERMISSIONS, Scope
from exchange_emulator.pages import e, page
from exchange_emulator.world import World

PRACTICE = '<p class="soft small">Exchange emulator: nothing here leaves this machine.</p>'


def account_chooser(request: Request, accounts: Iterable[User], app: App) -> HTMLResponse:
    """Show who can sign in. Where the application has roles, it says who has which."""
    world: World = request.app.state.world
    choices = "".join(
        f'<button class="account" name="account" value="{e(user.address)}">'
        f'<span>{e(user.name)}</span> <span class="soft small">{e(user.address)}'
        f"{e(_roles(world, app, user))}</span></button>"
        for user in accounts
    )
    return page(
        "Pick an account",
        f'<div class="card"><h1>Pick an account</h1><p>to continue to {e(app.name)}</p>'
        f'<form method="post" action="{e(_here(request))}">{choices}</form>{PRACTICE}</div>',
        narrow=True,
    )


def _roles(world: World, app: App, user: User) -> str:
    if not app.roles:
        return ""
    return f" · {', '.join(world.roles_of(app, user)) or 'no role'}"


def signed_out_page() -> HTMLResponse:
    return page(
        "Sign out",
        f'<div class="card"><h1>You signed out of your account</h1>{PRACTICE}</div>',
        narrow=True,
    )


def consent_page(
    request: Request, user: User, app: App, permissions: Iterable[Scope], *, for_all: bool
) -> HTMLResponse:
    """Ask for consent; `for_all` asks an administrator for the whole organisation."""
    items = "".join(
        f"<li>{e(PERMISSIONS[scope.name][1])} "
        f'<span class="soft small">({e(scope.name)})</span></li>'
        for scope in permissions
    )
    choice = ""
    if for_all:
        choice = "<p>You consent on behalf of your organization.</p>"
    elif user.is_admin:
        choice = (
            '<p><label><input type="checkbox" name="for_all" value="yes"> '
            "Consent on behalf of your organization</label></p>"
        )
    return page(
        "Permissions requested",
        f'<div class="card"><p class="soft">{e(user.address)}</p><h1>Permissions requested</h1>'
        f"<p><strong>{e(app.name)}</strong> would like to:</p>"
        f'<ul class="permissions">{items}<li>Maintain access to data you have given it access to'
        f"</li><li>View your basic profile</li></ul>"
        f'<form method="post" action="{e(_here(request))}">'
        f'<input type="hidden" name="account" value="{e(user.address)}">{choice}'
        '<div class="actions"><button name="consent" value="cancel">Cancel</button>'
        '<button class="main" name="consent" value="accept">Accept</button></div></form>'
        f"{PRACTICE}</div>",
        narrow=True,
    )


def approval_page(request: Request, user: User, app: App) -> HTMLResponse:
    return page(
        "Need admin approval",
        f'<div class="card"><p class="soft">{e(user.address)}</p><h1>Need admin approval</h1>'
        f"<p><strong>{e(app.name)}</strong> needs permission to access resources in your "
        "organization that only an admin can grant. Please ask an admin to grant permission to "
        "this app before you can use it.</p>"
        f'<p class="soft small">AADSTS90094</p><form method="post" action="{e(_here(request))}">'
        f'<input type="hidden" name="account" value="{e(user.address)}"><div class="actions">'
        '<button name="consent" value="return">Return to the application without granting '
        f"consent</button></div></form>{PRACTICE}</div>",
        narrow=True,
    )


def error_page(request: Request, error: EntraError) -> HTMLResponse:
    world: World = request.app.state.world
    text = description(
        error,
        now=world.clock.now(),
        trace_id=str(uuid4()),
        correlation_id=correlation_id(request),
    )
    first, *rest = text.split("\r\n")
    details = "".join(f"<li>{e(line)}</li>" for line in rest)
    return page(
        "Sign in to your account",
        '<div class="card"><h1>Sorry, but we are having trouble signing you in.</h1>'
        f'<p role="alert">{e(first)}</p><ul class="plain soft small">{details}</ul>'
        f"{PRACTICE}</div>",
        narrow=True,
        status=400,
    )


def _here(request: Request) -> str:
    """Return the same address again: the request's parameters are the state of the sign-in."""
    return f"{request.url.path}?{request.url.query}"
