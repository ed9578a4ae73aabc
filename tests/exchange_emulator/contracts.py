"""Recorded exchanges against Microsoft's own schemas.

MAILCONNECTOR_CONTRACTS_DIR names the folder that has them: Graph as an OpenAPI
document, EWS as XML schemas, Entra as JSON schemas. They are not ours to copy.
"""

import base64
import functools
import json
import os
import re
from pathlib import Path

import xmlschema
from jsonschema import Draft202012Validator
from lxml import etree
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from exchange_emulator.services import plain_path

VARIABLE = "MAILCONNECTOR_CONTRACTS_DIR"
GRAPH, EWS, ENTRA = "graph/graph-mail.openapi.json", "ews/messages.xsd", "entra"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
CREATED = (201, 200)
# Method, path, schema of an accepted request, schema of the answer.
GRAPH_RULES = [
    ("GET", r"/me|/users/[^/]+", "", "microsoft.graph.user"),
    ("POST", r".*/sendMail", "sendMailBody", ""),
    ("POST", r".*/createUploadSession", "createUploadSessionBody", "microsoft.graph.uploadSession"),
    ("POST", r".*/attachments", "microsoft.graph.fileAttachment", "microsoft.graph.fileAttachment"),
    ("GET", r".*/attachments", "", "[microsoft.graph.fileAttachment]"),
    ("GET", r".*/attachments/[^/]+", "", "microsoft.graph.fileAttachment"),
    ("POST", r".*/messages", "microsoft.graph.message", "microsoft.graph.message"),
    ("GET", r".*/messages", "", "messageCollection"),
    ("PATCH", r".*/messages/[^/]+", "microsoft.graph.message", "microsoft.graph.message"),
    ("GET", r".*/messages/[^/]+", "", "microsoft.graph.message"),
    ("GET", r".*/mailFolders", "", "[microsoft.graph.mailFolder]"),
    ("GET", r".*/mailFolders/[^/]+", "", "microsoft.graph.mailFolder"),
    ("POST", r"/\$batch", "batchRequest", "batchResponse"),
]
# Clients and the metadata write these in two ways; the document has one of them.
SPELLINGS = {
    "Message": "message",
    "SaveToSentItems": "saveToSentItems",
    "attachmentItem": "AttachmentItem",
    "ExpirationDateTime": "expirationDateTime",
}
# Pages, and JSON that no schema describes.
UNDESCRIBED = re.compile(
    r"/|/mailboxes/.*|/_emulator/.*|/[^/]+/(oauth2/v2.0/authorize|v2.0/adminconsent"
    r"|discovery/v2.0/keys|discovery/instance)"
)


def folder():
    """Return the folder of the schemas; None if the variable is unset. A wrong one is an error."""
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    for part in (GRAPH, EWS, ENTRA):
        assert (Path(named) / part).exists(), f"{VARIABLE}={named} has no {part}"
    return Path(named)


@functools.cache
def graph_validator(name, base):
    document = json.loads((base / GRAPH).read_text(encoding="utf-8"))
    resource = Resource(contents=document, specification=DRAFT4)
    registry = Registry().with_resource("urn:graph", resource)
    return OAS30Validator({"$ref": f"urn:graph#/components/schemas/{name}"}, registry=registry)


@functools.cache
def entra_validator(name, base):
    schema = json.loads((base / ENTRA / f"{name}.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


@functools.cache
def ews_schema(base):
    # Lax, because types.xsd itself breaks a rule of XML Schema.
    return xmlschema.XMLSchema(str(base / EWS), validation="lax")


def violations(record, base=None):
    """Return what the exchanges of a record have against the schemas, as lines of text."""
    base = base or folder()
    found = []
    for line in record.read_text(encoding="utf-8").splitlines():
        exchange = json.loads(line)
        if not exchange["injected"]:
            where = f"{exchange['method']} {exchange['path']} {exchange['status']}"
            found += [f"{where}: {text}" for text in check(exchange, base)]
    return found


def check(exchange, base):
    path = exchange["path"]
    if path.startswith("/v1.0/"):
        return list(check_graph(exchange, base))
    if path.startswith("/api/v2.0/"):
        return list(check_upload(exchange, base))
    if path.lower() == "/ews/exchange.asmx":
        return list(check_ews(exchange, base))
    if path.endswith(("/openid-configuration", "/token")):
        return list(check_entra(exchange, base))
    known = exchange["status"] in (0, 404) or UNDESCRIBED.fullmatch(path)
    return [] if known else ["no rule is about this"]


def complaints(validator, body):
    for error in validator.iter_errors(body):
        yield f"{validator.schema.get('$ref', '')} {error.json_path}: {error.message[:200]}"


def check_graph(exchange, base):
    if exchange["status"] >= 400:
        yield from check_graph_error(exchange, base)
        return
    path = plain_path(exchange["path"]).removeprefix("/v1.0")
    for method, pattern, request, response in GRAPH_RULES:
        if method == exchange["method"] and re.fullmatch(pattern, path, re.IGNORECASE):
            if request and "json" in exchange["request_type"] and exchange["request"]:
                yield from check_body(request, spelled(json.loads(exchange["request"])), base)
            if response and exchange["response"]:
                yield from check_body(response, json.loads(exchange["response"]), base)
            return
    if "json" in exchange["response_type"]:
        yield "no rule is about this"


def check_graph_error(exchange, base):
    if exchange["response"]:
        yield from check_body("odataError", json.loads(exchange["response"]), base)


def check_upload(exchange, base):
    """Check an upload session, which Outlook spells in its own way."""
    if exchange["status"] >= 400:
        yield from check_graph_error(exchange, base)
    elif exchange["response"]:
        body = spelled(json.loads(exchange["response"]))
        yield from check_body("microsoft.graph.uploadSession", body, base)


def check_body(name, body, base):
    """Check a body; a `name` in brackets stands for each item of its `value`."""
    if name.startswith("["):
        validator = graph_validator(name.strip("[]"), base)
        for each in body["value"]:
            yield from complaints(validator, each)
    else:
        yield from complaints(graph_validator(name, base), body)


def spelled(body):
    return {SPELLINGS.get(name, name): value for name, value in body.items()}


def check_ews(exchange, base):
    if "xml" in exchange["response_type"]:
        yield from check_envelope(exchange["response"], base)
    if exchange["status"] == 200 and exchange["request"]:
        yield from check_envelope(exchange["request"], base)


def check_envelope(text, base):
    root = etree.fromstring(text.encode())
    parts = list(root.find(f"{SOAP}Body"))
    header = root.find(f"{SOAP}Header")
    if header is not None:
        parts += [each for each in header if "exchange/services/2006/types" in each.tag]
    for part in parts:
        if part.tag == f"{SOAP}Fault":
            yield from check_fault(part, base)
        else:
            alone = etree.fromstring(etree.tostring(part))
            for error in ews_schema(base).iter_errors(alone):
                yield f"{etree.QName(part).localname}: {(error.reason or '')[:300]}"


def check_fault(fault, base):
    """Check a fault (SOAP 1.1 section 4.4) whose detail names one of Exchange's response codes."""
    if [etree.QName(part).localname for part in fault] != ["faultcode", "faultstring", "detail"]:
        yield "Fault: its parts are not those of SOAP"
    code = fault.findtext("detail/{*}ResponseCode")
    messages = "{http://schemas.microsoft.com/exchange/services/2006/messages}"
    if code not in ews_schema(base).maps.types[f"{messages}ResponseCodeType"].enumeration:
        yield f"Fault: {code} is no response code"


def check_entra(exchange, base):
    if not exchange["status"]:
        return
    body = json.loads(exchange["response"])
    if exchange["status"] >= 400:
        # The document's own error, invalid_tenant, is not one of the token endpoint.
        if exchange["path"].endswith("/token"):
            yield from complaints(entra_validator("token_error", base), body)
    elif exchange["path"].endswith("/token"):
        yield from complaints(entra_validator("token_success", base), body)
        if "id_token" in body:
            claims = json.loads(base64.urlsafe_b64decode(body["id_token"].split(".")[1] + "=="))
            yield from complaints(entra_validator("id_token_claims", base), claims)
    else:
        yield from complaints(entra_validator("openid_configuration", base), body)
