-- For wrk: sends the requests of a file (method, path and body between tabs) one after the other, over and over, and
-- prints what came of them as one line of JSON. The requests are put together once, so that sending costs little.

local requests = {}
local next_request = 0

function init(arguments)
  wrk.headers["Host"] = wrk.host .. ":" .. wrk.port
  for line in io.lines(arguments[1]) do
    local method, path, body = line:match("^(%u+)\t([^\t]*)\t(.*)$")
    local headers = { ["Host"] = wrk.headers["Host"] }
    if body == "" then body = nil else headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"failedStatus":%d,"failedConnection":%d,"timeouts":%d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
