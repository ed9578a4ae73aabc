"""Make the SOAP envelopes and faults of Exchange Web Services."""

from uuid import uuid4

from starlette.responses import Response

from exchange_emulator.ews.text import escape

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
BUSY = "The server cannot service this request right now. Try again later."

# An older version here would make exchangelib's next request drop to Exchange2007.
VERSION = (
    '<h:ServerVersionInfo MajorVersion="15" MinorVersion="20" MajorBuildNumber="9073"'
    f' MinorBuildNumber="22" Version="V2018_01_08" xmlns:h="{TYPES}"/>'
)


def headers() -> dict[str, str]:
    return {
        "Cache-Control": "private",
        "Server": "Microsoft-HTTPAPI/2.0",
        "X-NanoProxy": "1,1",
        "X-AspNet-Version": "4.0.30319",
        "request-id": str(uuid4()),
        "X-FEServer": "EMULATOR",
        "X-BEServer": "EMULATOR",
        "X-DiagInfo": "EMULATOR",
        "X-CalculatedBETarget": "EMULATOR.PROD.OUTLOOK.COM",
    }


def answer(content: str, *, operation: str) -> Response:
    """Wrap `content`, the response element with the prefixes m and t."""
    return Response(
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Header>{VERSION}'
        f'</s:Header><s:Body xmlns:m="{MESSAGES}" xmlns:t="{TYPES}">{content}</s:Body>'
        "</s:Envelope>",
        headers=headers() | {"x-EwsHandler": operation},
        media_type="text/xml",
    )


def fault(code: str, text: str, *, message_xml: str = "", short: str = "") -> Response:
    """Return a SOAP fault, which is HTTP 500 and has no ServerVersionInfo."""
    details = f'<t:MessageXml xmlns:t="{TYPES}">{message_xml}</t:MessageXml>' if message_xml else ""
    return Response(
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault>'
        f'<faultcode xmlns:a="{TYPES}">a:{escape(code)}</faultcode>'
        f'<faultstring xml:lang="en-US">{escape(text)}</faultstring><detail>'
        f'<e:ResponseCode xmlns:e="{ERRORS}">{escape(code)}</e:ResponseCode>'
        f'<e:Message xmlns:e="{ERRORS}">{escape(short or text)}</e:Message>{details}</detail>'
        "</s:Fault></s:Body></s:Envelope>",
        status_code=500,
        headers=headers(),
        media_type="text/xml",
    )


def back_off(milliseconds: int) -> str:
    return f'<t:Value Name="BackOffMilliseconds">{milliseconds}</t:Value>'


def server_busy(milliseconds: int) -> Response:
    return fault("ErrorServerBusy", BUSY, message_xml=back_off(milliseconds))


def blocked() -> Response:
    """Refuse a tenant for which EWS is off: 403 and nothing to read."""
    return Response(status_code=403, headers=headers())


def connection_count(limit: int) -> Response:
    values = {
        "Policy": "MaxConcurrency",
        "MaxConcurrencyLimit": str(limit),
        "ErrorMessage": "This operation exceeds the throttling budget for policy part "
        f"'MaxConcurrency', policy value '{limit}',  Budget type: 'Ews'.  Suggested backoff time "
        "0 ms.",
    }
    message_xml = "".join(
        f'<t:Value Name="{name}">{escape(value)}</t:Value>' for name, value in values.items()
    )
    return fault(
        "ErrorExceededConnectionCount",
        "You have exceeded the available concurrent connections for your account.  Try again "
        "once your other requests have completed.",
        message_xml=message_xml,
    )
