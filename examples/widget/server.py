"""An app with the in-app help on its page, and the one thing its server has to do: sign who its user is.

Start `answerable demo`, then `python3 examples/widget/server.py`, and open http://localhost:4000.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DESK = os.environ.get("ANSWERABLE_URL", "http://127.0.0.1:3000")
PORT = int(os.environ.get("PORT", "4000"))
# Every demo has this key. For a real desk: `answerable identity key create`, and keep the secret out of the source.
KEY = os.environ.get("ANSWERABLE_IDENTITY_KEY", "demo")
SECRET = os.environ.get("ANSWERABLE_IDENTITY_SECRET", "answerable-demo-identity-secret-not-for-production")

# Whoever is signed in to the app: here always the same made-up person.
USER = {
    "sub": "user-7",
    "email": "dana@fernlight.test",
    "name": "Dana Reyes",
    "organization": {"id": "org-3", "name": "Fernlight", "plan": "scale", "mrr": 2400, "trial": False, "addons": ["teams"], "card": True},
}


def sign(claims):
    """A token that says for five minutes who the user is."""

    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    head = part(json.dumps({"alg": "HS256", "typ": "JWT", "kid": KEY}).encode())
    body = part(json.dumps({**claims, "exp": int(time.time()) + 300}).encode())
    signature = part(hmac.new(SECRET.encode(), head + b"." + body, hashlib.sha256).digest())
    return b".".join([head, body, signature]).decode()


PAGE = Path(__file__).with_name("index.html").read_text(encoding="utf-8").replace("{desk}", DESK).encode()
POLICY = f"default-src 'none'; script-src {DESK}; connect-src 'self' {DESK}; style-src 'self'; img-src 'self' data:"


class App(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/answerable-identity":
            self.answer("application/json", json.dumps({"token": sign(USER)}).encode(), {"Cache-Control": "no-store"})
        elif self.path == "/":
            self.answer("text/html; charset=utf-8", PAGE, {"Content-Security-Policy": POLICY})
        else:
            self.send_error(404)

    def answer(self, content_type, body, headers):
        self.send_response(200)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("localhost", PORT), App)
    print(f"The app: http://localhost:{PORT}, its desk: {DESK}", flush=True)
    server.serve_forever()
