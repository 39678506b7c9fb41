-- wrk's part of the light load: each request asks of another thing, so that no cache can help.
-- Arguments: path, query with @ in the place of a number, how many numbers there are, a seed.
local path, query, size, number

function init(args)
  path, query, size, number = args[1], args[2], tonumber(args[3]), tonumber(args[4])
end

local function encode(text)
  return (text:gsub("[^%w%-_%.~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

function request()
  number = (number * 1103515245 + 12345) % 2147483648
  return wrk.format("GET", path .. "?query=" .. encode((query:gsub("@", tostring(number % size)))),
    {["Accept"] = "application/sparql-results+json"})
end
