"""List the one address of EWS, which DavMail writes in lower case."""

from exchange_emulator.anycase import AnyCaseRoute
from exchange_emulator.ews.endpoint import exchange

ROUTES = [AnyCaseRoute("/EWS/Exchange.asmx", exchange, methods=["GET", "POST"])]
