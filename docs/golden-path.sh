#!/usr/bin/env bash
# The golden path: from a catalog to a finalized invoice, on real Kafka, Flink and PostgreSQL and a simulated Stripe, in about a minute;
# in a fresh checkout it is built first, which takes some minutes more.
# Run it as it is: it needs no account, starts its own parts and ends them. GoldenPathIT runs this very file.
#
#   catalog → customer on a hybrid plan → events → hour closes → reported → previewed → period ends → invoice.created held → usage confirmed → finalized
#
# It needs bash, curl and jq, and shows the table's rows if there is psql. Other ports: KAFKA_PORT, POSTGRES_PORT, STRIPE_PORT, WEB_PORT,
# SERVE_PORT.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in curl jq; do
  command -v "$tool" >/dev/null || { echo "error: there is no $tool" >&2; echo "to mend it: install $tool" >&2; exit 2; }
done

kafka_port=${KAFKA_PORT:-19092} postgres_port=${POSTGRES_PORT:-15432} stripe_port=${STRIPE_PORT:-12111}
web_port=${WEB_PORT:-8081} serve_port=${SERVE_PORT:-12112}
stripe=http://127.0.0.1:$stripe_port

# Every ./tallymark command below reads these; the local parts take any key.
export TALLYMARK_CONFIG=docs/golden-path/tallymark.yaml
export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$kafka_port
export POSTGRES_URL=jdbc:postgresql://127.0.0.1:$postgres_port/tallymark
export STRIPE_API_BASE=$stripe STRIPE_API_KEY=sk_test_golden

work=$(mktemp -d)
pids=()
finish() {
  trap - EXIT INT TERM ERR
  # The newest first: serve needs the database of up.
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill "${pids[i]}" 2>/dev/null || true
    wait "${pids[i]}" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
trap 'echo "golden path: FAIL the command of line $LINENO"' ERR

say() { printf '\n== %s\n' "$1"; }
fail() { echo "golden path: FAIL $1"; exit 1; }
api() { curl -sS -u "$STRIPE_API_KEY:" --fail-with-body "$@"; }

# The last that the parts in the background said: their files go with the script.
last_words() {
  local log
  for log in "$work"/*.log; do
    [[ -s $log ]] || continue
    printf '\n-- the last lines of %s\n' "$(basename "$log" .log)"
    tail -n 20 "$log"
  done
}

# Waits until a command succeeds. Everything that is waited for here takes seconds.
await() {
  local what=$1 end=$((SECONDS + 120))
  shift
  until "$@"; do
    ((SECONDS < end)) || { last_words; fail "waited two minutes for $what"; }
    sleep 0.5
  done
}

# The clock of the rehearsal: the simulator's, the database's and the topic's.
clock() { curl -sS --fail-with-body -X POST "$stripe/_simulator/clock?to=$1" >/dev/null; }

# Hours before the watermark are closed: nothing that is still running counts for them.
metering_at() { [[ $(./tallymark status --json | jq -r '.progress.watermark // ""') > $1 ]]; }

# events PREFIX COUNT HOUR: events of acme, spread over one hour, each with its own time.
events() {
  awk -v id="$1" -v count="$2" -v hour="$3" 'BEGIN {
    for (i = 0; i < count; i++) {
      second = int(i * 3600 / count)
      printf "{\"id\":\"%s-%d\",\"source\":\"golden-path\",\"type\":\"api.request\",\"subject\":\"acme\",", id, i
      printf "\"time\":\"%s:%02d:%02dZ\",\"data\":{}}\n", hour, second / 60, second % 60
    }
  }'
}
produce() { ./tallymark produce --bootstrap-servers "$KAFKA_BOOTSTRAP_SERVERS" --rate 100000 --file "$1"; }

say "Tallymark; the first command of a fresh checkout builds it, and nothing below waits for that"
./tallymark --version

say "Everything on this machine, on a clock that stands at the 30th of March"
./tallymark up --rehearsal 2026-03-30T10:20:00Z --kafka-port "$kafka_port" --postgres-port "$postgres_port" \
  --stripe-port "$stripe_port" --web-port "$web_port" >"$work/up.log" 2>&1 &
pids+=($!)
up_is_ready() {
  kill -0 "${pids[0]}" 2>/dev/null || { cat "$work/up.log"; fail "up has ended"; }
  grep -q "up: ready" "$work/up.log"
}
await "up" up_is_ready
cat "$work/up.log"

say "What is sold: 49.00 EUR a month, 10,000 requests free, then 0.001 EUR each"
./tallymark catalog apply --yes --catalog docs/golden-path/catalog.yaml

say "A customer at Stripe, and whose usage they pay for"
customer=$(api "$stripe/v1/customers" -d name=Acme | jq -r .id)
printf 'customer_id,stripe_customer_id\nacme,%s\n' "$customer" >"$work/customers.csv"
./tallymark customers import "$work/customers.csv" --apply

say "Stripe's webhook: invoices are held or let go as they are created"
export STRIPE_WEBHOOK_SECRET
STRIPE_WEBHOOK_SECRET=$(api "$stripe/v1/webhook_endpoints" -d "url=http://127.0.0.1:$serve_port/stripe/webhook" -d "enabled_events[]=*" | jq -r .secret)
# Its own second look at drafts is an hour away, so that what follows is seen step by step.
./tallymark serve --port "$serve_port" --every 1h >"$work/serve.log" 2>&1 &
pids+=($!)
serve_is_ready() {
  kill -0 "${pids[1]}" 2>/dev/null || { cat "$work/serve.log"; fail "serve has ended"; }
  grep -q "serve: webhook at" "$work/serve.log"
}
await "serve" serve_is_ready
cat "$work/serve.log"

say "Acme subscribes; the first period ends with the month"
./tallymark subscription create --customer acme --plan hybrid --catalog docs/golden-path/catalog.yaml

say "Six hours of traffic: 12,000 requests, and 600 of them sent again"
for hour in 10 11 12 13 14 15; do events "a$hour" 2000 "2026-03-30T$hour"; done >"$work/day.jsonl"
# A retry sends the same id and time once more; here it arrives at the end of the day.
events a10 2000 2026-03-30T10 | sed -n 1,600p >>"$work/day.jsonl"
produce "$work/day.jsonl"

say "The hours close, and Stripe is told each hour's total"
clock 2026-03-30T16:05:00Z
await "the hours of the day" metering_at 2026-03-30T16:00
if command -v psql >/dev/null; then
  psql -h 127.0.0.1 -p "$postgres_port" -U tallymark tallymark -c "SELECT metric, customer_id, period_start AT TIME ZONE 'UTC' AS hour,
    quantity, event_count, closed FROM usage_hourly ORDER BY period_start"
fi
./tallymark sync

say "The invoice to be, from the table and the catalog, beside Stripe's own preview: price by price they are one figure"
./tallymark preview --customer acme --catalog docs/golden-path/catalog.yaml | tee "$work/preview.txt" || fail "the preview differs from Stripe's"
# 12,000 requests so far: 2,000 × 0.1 cents, and the next month's base fee.
grep -qx "preview: OK prices=2 differing=0 ours=51.00 EUR stripe=51.00 EUR" "$work/preview.txt" || fail "the preview is of other figures"

say "The last hour of the month: 345 requests more"
clock 2026-03-31T23:59:30Z
events last 345 2026-03-31T23 >"$work/last.jsonl"
produce "$work/last.jsonl"

say "The period ends. Stripe makes a draft and says invoice.created; its last hour is not closed: the invoice is held"
clock 2026-04-01T00:00:10Z
draft() { api -G "$stripe/v1/invoices" -d "customer=$customer" -d status=draft; }
held_draft() { [[ $(draft | jq '[.data[] | select(.auto_advance == false)] | length') == 1 ]]; }
await "the webhook to hold the draft" held_draft
invoice=$(draft | jq -r '.data[0].id')
if ./tallymark close --all-due | tee "$work/close.txt"; then fail "$invoice was finalized before its last hour was closed"; fi
grep -q "^  hours-open: " "$work/close.txt" || fail "$invoice is held for another reason"

say "Two minutes later the last hour is closed and told, and Stripe shows it"
clock 2026-04-01T00:10:00Z
await "the last hour" metering_at 2026-04-01T00:00
./tallymark sync

say "Nothing is missing any more: the invoice is finalized"
./tallymark close --all-due

say "What Stripe bills"
api "$stripe/v1/invoices/$invoice" >"$work/invoice.json"
jq '{id, status, total, lines: [.lines.data[] | {description, quantity, amount}]}' "$work/invoice.json"

say "The sheet of the month"
./tallymark close sheet --period 2026-03

# 12,345 requests: 10,000 are free, and 2,345 × 0.1 cents are 234.5, which Stripe rounds up.
base=$(jq '[.lines.data[] | select(.pricing.price_details.price == $price) | .amount] | add' \
  --arg price "$(api -G "$stripe/v1/prices" -d "lookup_keys[]=platform_eur" | jq -r '.data[0].id')" "$work/invoice.json")
tiers=$(jq --argjson base "$base" '([.lines.data[].amount] | add) - $base' "$work/invoice.json")
total=$(jq .total "$work/invoice.json")
status=$(jq -r .status "$work/invoice.json")
figures="base=$base tiers=$tiers total=$total"
[[ $status != draft && $figures == "base=4900 tiers=235 total=5135" ]] || fail "$figures status=$status, not base=4900 tiers=235 total=5135"
echo
echo "golden path: PASS $figures"
