"""A message as an application hands it in, and what it is told of a mistake."""

MAIL = {"to": "Alex <alex@contoso.example>", "subject": "Ticket 17", "text": "closed"}


def problem(response, status):
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body
