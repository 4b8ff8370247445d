# Aitbar in a container: docs/operators.md says how to run it, compose.yaml does it.
# Operators pin the base by its digest: --build-arg BASE=python:3.11-slim@sha256:...
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/aitbar
WORKDIR /src
COPY requirements.lock ./
RUN /opt/aitbar/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY locales locales
COPY surveys surveys
RUN /opt/aitbar/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM ${BASE}
ENV PATH=/opt/aitbar/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    AITBAR_DATABASE_URL=sqlite:////data/aitbar.db \
    AITBAR_KEYS_DIR=/keys
# Two volumes, so that no copy of the answers carries the keys with it.
RUN install -d -m 0700 -o 10001 -g 10001 /data /keys
COPY --from=build /opt/aitbar /opt/aitbar
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/keys"]
STOPSIGNAL SIGTERM
# The sign of life is written every ten seconds; what it says decides.
HEALTHCHECK --interval=60s --timeout=15s --start-period=120s --retries=3 CMD ["aitbar", "health"]
ENTRYPOINT ["aitbar"]
CMD ["run"]
