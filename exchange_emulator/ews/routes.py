"""EWS has one address."""

from starlette.routing import Route

ROUTES: list[Route] = []
