"""The way to Microsoft's page and back."""

import secrets
from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from people.ways_in.again import next_page
from people.ways_in.refused import refuse

from .provider import ID, Adapter, configuration, is_offered
from .refusals import Refused, reason_of

# What an answer of a sign-in service can break allauth with, besides its own errors.
_NO_SENSE = (KeyError, TypeError, ValueError, AttributeError)


@require_POST
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Go to Microsoft's page: for a log-in, or to prove again who one is."""
    if not is_offered():
        raise Http404
    again = request.user.pk if "again" in request.POST and request.user.is_authenticated else None
    nonce = secrets.token_urlsafe(32)
    asked = {"prompt": "login", "max_age": "0"} if again else {"prompt": "select_account"}
    provider: Any = get_adapter().get_provider(request, ID)
    try:
        configuration()  # a service that is away is told here, and not by the browser
        answer: HttpResponse = provider.redirect(
            request,
            "login",
            next_url=next_page(request),
            data={"nonce": nonce, "again": again},
            auth_params={"nonce": nonce, **asked},
        )
    except requests.RequestException as error:
        return refuse(request, reason_of(error), because=error)
    except (OAuth2Error, Refused) as error:
        return refuse(request, reason_of(error))
    return answer


@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponseBase:
    if not is_offered():
        raise Http404
    try:
        view = OAuth2CallbackView.adapter_view(Adapter(request, ID))
        answer: HttpResponseBase = view(request)
    except _NO_SENSE as error:
        return refuse(request, Refused("answer"), because=error)
    return answer
