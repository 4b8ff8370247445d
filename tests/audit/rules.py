# What each rule must find ("ruleid") and must let pass ("ok"); read by `semgrep --test`, never run.
import hmac
import os
import subprocess

# ruleid: nothing-is-unpickled
import pickle

# ruleid: nothing-is-evaluated
eval(words)
# ruleid: nothing-is-evaluated
exec(words)
# ok: nothing-is-evaluated
evaluate(words)

# ruleid: no-string-built-sql
db.execute(f"DELETE FROM pool WHERE rid = '{rid}'")
# ruleid: no-string-built-sql
db.execute("DELETE FROM pool WHERE rid = '%s'" % rid)
# ok: no-string-built-sql
db.execute(delete(pool).where(pool.c.rid == rid))

# ruleid: no-parse-mode
bot.send_message(chat, words, parse_mode="HTML")
# ok: no-parse-mode
bot.send_message(chat, words)

# ruleid: secrets-are-compared-in-constant-time
if request.secret == secret:
    pass
# ruleid: secrets-are-compared-in-constant-time
if header_token != wanted:
    pass
# ok: secrets-are-compared-in-constant-time
if hmac.compare_digest(secret, request.secret):
    pass
# ok: secrets-are-compared-in-constant-time
if state == "open":
    pass

# ruleid: no-shell
os.system("ls")
# ruleid: no-shell
subprocess.run("ls", shell=True)
# ok: no-shell
subprocess.run(["ls"])

# ruleid: certificates-are-checked
session.get(url, ssl=False)
# ok: certificates-are-checked
session.get(url)

# ruleid: yaml-goes-through-the-strict-reader
yaml.safe_load(words)

# ruleid: nobody-is-logged
log.info("answered", chat=chat)
# ok: nobody-is-logged
log.info("answered", kind="tap")

# ruleid: no-traceback-in-logs
log.exception("failed")
# ruleid: no-traceback-in-logs
log.error("failed", exc_info=True)
# ok: no-traceback-in-logs
log.error("failed", kind="OSError")

# ruleid: no-archive-is-unpacked-whole
archive.extractall(folder)

# ruleid: no-predictable-temporary-name
tempfile.mktemp()
