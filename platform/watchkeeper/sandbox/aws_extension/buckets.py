"""Lifecycle rules of buckets, which ministack keeps through S3's own API only."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3

from .resources import Props, keep_after

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_OK = 200


def keep_bucket(name: str, props: Props) -> None:
    """The rules of `LifecycleConfiguration`; none of them where it is left out."""
    rules = (props.get("LifecycleConfiguration") or {}).get("Rules") or []
    if not rules:
        s3._bucket_lifecycle.pop(name, None)
        return
    body = "".join(_rule_xml(rule) for rule in rules)
    document = f'<LifecycleConfiguration xmlns="{_NAMESPACE}">{body}</LifecycleConfiguration>'
    status, _, answer = s3._put_bucket_lifecycle(name, document.encode())
    if status != _OK:
        raise ValueError(f"AWS::S3::Bucket: the lifecycle configuration was refused: {answer!r}")


def _rule_xml(rule: Mapping[str, Any]) -> str:
    days = rule.get("ExpirationInDays")
    ends = f"<Expiration><Days>{days}</Days></Expiration>" if days else ""
    aborts = (rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation")
    if aborts:
        days_xml = f"<DaysAfterInitiation>{aborts}</DaysAfterInitiation>"
        ends += f"<AbortIncompleteMultipartUpload>{days_xml}</AbortIncompleteMultipartUpload>"
    name = f"<ID>{escape(str(rule['Id']))}</ID>" if rule.get("Id") else ""
    prefix = escape(str(rule.get("Prefix", "")))
    return f"<Rule>{name}<Filter><Prefix>{prefix}</Prefix></Filter><Status>{rule['Status']}</Status>{ends}</Rule>"


def register() -> None:
    """Keep them."""
    keep_after("AWS::S3::Bucket", keep_bucket)
