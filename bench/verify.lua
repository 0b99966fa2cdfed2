-- For wrk: checks status and body of every answer, and prints one JSON object at the end.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  wrong = 0
end

function response(status, headers, body)
  if status ~= 200 or body ~= "ok" then
    wrong = wrong + 1
  end
end

function done(summary, latency, requests)
  local all_wrong = 0
  for _, thread in ipairs(threads) do
    all_wrong = all_wrong + thread:get("wrong")
  end
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"wrong":%d,"errors":%d,"timeouts":%d,"rate":%f,' ..
      '"p50":%f,"p99":%f,"p99_9":%f,"max":%f,"problem":""}\n',
    summary.requests, all_wrong, errors.connect + errors.read + errors.write, errors.timeout,
    summary.requests / summary.duration * 1e6,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max))
end
