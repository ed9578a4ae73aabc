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
    ("GET", r".*/attachments/[^/]+", "", "microsoft.graph.fileAttachment"),
    ("POST", r".*/messages", "microsoft.graph.message", "microsoft.graph.message"),
    ("GET", r".*/messages", "", "messageCollection"),
    ("PATCH", r".*/messages/[^/]+", "microsoft.graph.message", "microsoft.graph.message"),
    ("GET", r".*/messages/[^/]+", "", "microsoft.graph.message"),
    ("GET", r".*/mailFolders/[^/]+", "", "microsoft.graph.mailFolder"),
    ("POST", r"/\$batch", "batchRequest", "batchResponse"),
]
# Clients and the metadata write these in two ways; the document has one of them.
SPELLINGS = {
    "Message": "message",
    "SaveToSentItems": "saveToSentItems",
    "attachmentItem": "AttachmentItem",
}


def folder():
    """The folder of the schemas; None where the variable is unset. A wrong one is an error."""
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
    """What the exchanges of a record have against the schemas, as lines of text."""
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
    if path.lower() == "/ews/exchange.asmx":
        return list(check_ews(exchange, base))
    if path.endswith(("/openid-configuration", "/token")):
        return list(check_entra(exchange, base))
    return []


def complaints(validator, body):
    for error in validator.iter_errors(body):
        yield f"{validator.schema.get('$ref', '')} {error.json_path}: {error.message[:200]}"


def check_graph(exchange, base):
    status, path = exchange["status"], exchange["path"].removeprefix("/v1.0")
    if status >= 400:
        if exchange["response"]:
            yield from complaints(
                graph_validator("odataError", base), json.loads(exchange["response"])
            )
        return
    for method, pattern, request, response in GRAPH_RULES:
        if method == exchange["method"] and re.fullmatch(pattern, path):
            if request and "json" in exchange["request_type"] and exchange["request"]:
                body = json.loads(exchange["request"])
                body = {SPELLINGS.get(name, name): value for name, value in body.items()}
                yield from complaints(graph_validator(request, base), body)
            if response and exchange["response"]:
                yield from complaints(
                    graph_validator(response, base), json.loads(exchange["response"])
                )
            return


def check_ews(exchange, base):
    if exchange["response"]:
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
        if part.tag != f"{SOAP}Fault":
            alone = etree.fromstring(etree.tostring(part))
            for error in ews_schema(base).iter_errors(alone):
                yield f"{etree.QName(part).localname}: {(error.reason or '')[:300]}"


def check_entra(exchange, base):
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
