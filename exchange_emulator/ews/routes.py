"""EWS has one address, which DavMail writes in lower case."""

from starlette.routing import Route

from exchange_emulator.ews.endpoint import exchange

ROUTES = [
    Route(path, exchange, methods=["GET", "POST"])
    for path in ("/EWS/Exchange.asmx", "/ews/exchange.asmx")
]
