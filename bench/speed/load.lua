-- Sends the requests of a file in turn, one a line: a path, or the body of a POST. Prints one line of JSON at the end.
local requests, count, turn = {}, 0, 0

function init(args)
  local headers = {
    ["content-type"] = "application/json",
    ["accept"] = "application/graphql-response+json, application/json",
    ["authorization"] = "Bearer " .. args[2],
  }
  for line in io.lines(args[1]) do
    count = count + 1
    if line:sub(1, 1) == "/" then
      requests[count] = wrk.format("GET", line, headers)
    else
      requests[count] = wrk.format("POST", "/graphql", headers, line)
    end
  end
end

function request()
  turn = turn % count + 1
  return requests[turn]
end

function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print(string.format(
    '{"requests":%d,"seconds":%f,"failed":%d,"p50Ms":%f,"p99Ms":%f,"maxMs":%f}',
    summary.requests, summary.duration / 1e6, failed + summary.errors.status,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3
  ))
end
