"""Failures without an answer, named by whether anything can have been written."""

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError


def network_code(error: OSError) -> str:
    """Our code (see explanations.py) for what requests raised."""
    if not isinstance(error, requests.RequestException):
        return "CertificateBundleMissing"
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE" in str(error).upper():
        return "CertificateRefused"
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return "ConnectionFailed"
    if isinstance(error, requests.exceptions.ReadTimeout):
        return "TimedOut"
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError):
        return "ConnectionFailed"
    return "ConnectionLost"


def network_message(error: OSError) -> str:
    """The innermost reason: the outer texts repeat the URL, and with it a proxy's password."""
    cause = error.args[0] if error.args else error
    reason = getattr(cause, "reason", None) or cause
    return f"{type(reason).__name__}: {str(reason).rpartition(': ')[2]}"[:200]
