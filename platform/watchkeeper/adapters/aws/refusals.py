"""boto3's errors as ours."""

from typing import Final

import botocore.exceptions

from watchkeeper.errors import RemoteError

_FORBIDDEN: Final = 403
_DENIED: Final = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


class Refusals:
    """Turns boto3's errors in a `with` block into RemoteError. service: of AWS, for the message.

    A permission that is missing has the status 403, whatever AWS's service says.
    """

    def __init__(self, service: str) -> None:
        self._service = service

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, botocore.exceptions.ClientError):
            code = error.response.get("Error", {}).get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            what = f"AWS refused {error.operation_name} of {self._service}: {code}"
            raise RemoteError(
                what,
                host=self._service,
                status=_FORBIDDEN if code in _DENIED else status,
                fix="check the role's permissions",
            ) from error
        if isinstance(error, botocore.exceptions.BotoCoreError):
            what = f"AWS did not answer for {self._service}: {error}"
            raise RemoteError(what, host=self._service, fix="check the network") from error


def error_code(error: RemoteError) -> str:
    """AWS's own name of an error that `Refusals` has turned, such as `NoSuchEntity`; empty for no answer."""
    cause = error.__cause__
    if not isinstance(cause, botocore.exceptions.ClientError):
        return ""
    return str(cause.response.get("Error", {}).get("Code", ""))
