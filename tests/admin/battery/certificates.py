"""Certificates by the openssl program: authorities, and what they sign."""

import pathlib
import subprocess

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    """Keeps its certificate in NAME.crt, and what it signs beside it."""

    def __init__(self, folder, name):
        self._folder = pathlib.Path(folder)
        self._name = name
        self._openssl(
            *["req", "-x509", *NEW_KEY, "-days", 1, "-subj", f"/CN={name}"],
            *["-keyout", self.file(f"{name}.key"), "-out", self.file(f"{name}.crt")],
        )

    def file(self, name):
        return self._folder / name

    def sign(self, name, days=1):
        """For 127.0.0.1; with 0 days it has expired when it is there."""
        request, extensions = self.file(f"{name}.csr"), self.file("extensions")
        extensions.write_text("subjectAltName=IP:127.0.0.1\n")
        self._openssl(
            *["req", *NEW_KEY, "-subj", f"/CN={name}"],
            *["-keyout", self.file(f"{name}.key"), "-out", request],
        )
        self._openssl(
            *["x509", "-req", "-set_serial", 1, "-days", days, "-in", request],
            *["-CA", self.file(f"{self._name}.crt"), "-CAkey", self.file(f"{self._name}.key")],
            *["-extfile", extensions, "-out", self.file(f"{name}.crt")],
        )

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
