# The program alone; its graph database is a container of its own (compose.yaml).
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    KUMPPANI_DATA=/data

RUN useradd --system --create-home kumppani && install -d -o kumppani -g kumppani /data

WORKDIR /app
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY graph graph
COPY loaders loaders
COPY api api
RUN pip install --no-deps --no-build-isolation .

USER kumppani
VOLUME /data
EXPOSE 8000
CMD ["kumppani", "serve"]
