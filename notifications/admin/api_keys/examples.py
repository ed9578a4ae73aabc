"""Ready programs for the page that shows a new key, with its address and key filled in."""

import json
from dataclasses import dataclass

from notifications.backends.powershell import quoted

_SUBJECT, _TEXT = "Test of the API key", "It works."


@dataclass(frozen=True, slots=True)
class Example:
    """`name` is what the language is called, `id` what the page calls it."""

    id: str
    name: str
    code: str

    @property
    def rows(self) -> int:
        return self.code.count("\n") + 1


def examples(base: str, token: str, recipient: str) -> list[Example]:
    url = f"{base}/api/v1/messages"
    message = {"to": recipient, "subject": _SUBJECT, "text": _TEXT}
    return [
        Example("curl", "curl", _curl(url, token, message)),
        Example("powershell", "PowerShell", _powershell(url, token, message)),
        Example("python", "Python", _python(url, token, message)),
        Example("csharp", "C#", _csharp(url, token, message)),
    ]


def _curl(url: str, token: str, message: dict[str, str]) -> str:
    body = json.dumps(message).replace("'", "'\\''")
    return (
        f"curl --fail-with-body '{url}' \\\n"
        f"  --header 'Authorization: Bearer {token}' \\\n"
        f"  --header 'Content-Type: application/json' \\\n"
        f"  --data '{body}'"
    )


def _powershell(url: str, token: str, message: dict[str, str]) -> str:
    fields = "; ".join(f"{name} = {quoted(value)}" for name, value in message.items())
    return (
        f"$body = @{{ {fields} }} | ConvertTo-Json\n"
        f"Invoke-RestMethod -Method Post -Uri {quoted(url)} `\n"
        f"  -Headers @{{ Authorization = {quoted(f'Bearer {token}')} }} `\n"
        "  -ContentType 'application/json; charset=utf-8' `\n"
        "  -Body ([Text.Encoding]::UTF8.GetBytes($body))"
    )


def _python(url: str, token: str, message: dict[str, str]) -> str:
    return (
        "import requests\n\n"
        "answer = requests.post(\n"
        f"    {url!r},\n"
        f"    headers={{'Authorization': {f'Bearer {token}'!r}}},\n"
        f"    json={message!r},\n"
        "    timeout=30,\n"
        ")\n"
        "answer.raise_for_status()\n"
        "print(answer.json()['status'])"
    )


def _csharp(url: str, token: str, message: dict[str, str]) -> str:
    fields = ", ".join(f"{name} = {json.dumps(value)}" for name, value in message.items())
    return (
        "using System.Net.Http.Headers;\n"
        "using System.Net.Http.Json;\n\n"
        "using var client = new HttpClient();\n"
        "client.DefaultRequestHeaders.Authorization =\n"
        f"    new AuthenticationHeaderValue({json.dumps('Bearer')}, {json.dumps(token)});\n"
        "using var answer = await client.PostAsJsonAsync(\n"
        f"    {json.dumps(url)},\n"
        f"    new {{ {fields} }});\n"
        "answer.EnsureSuccessStatusCode();\n"
        "Console.WriteLine(await answer.Content.ReadAsStringAsync());"
    )
