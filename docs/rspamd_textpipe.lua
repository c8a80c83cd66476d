--[[
textpipe inside rspamd: asks a running `textpipe serve` what it thinks of each mail.

Put this file at /etc/rspamd/rspamd.local.lua (or `dofile` it from there). A mail for which textpipe
has no answer, because it is down, full or too slow, gets the symbol TEXTPIPE_FAIL of weight 0 and goes
on as if textpipe were not there.
]]

local rspamd_http = require "rspamd_http"
local rspamd_logger = require "rspamd_logger"
local ucl = require "ucl"

local settings = {
  url = "http://127.0.0.1:8783/predict",
  timeout = 5.0, -- seconds
  largest = 2 * 1024 * 1024, -- bytes; a larger mail is not asked about
  -- From the model's score (0 to 1) to points: a score of 1 gives so many, and one of 0 the other.
  spam_weight = 6.0,
  ham_weight = -2.0,
}

local parent

local function answered(task, err, code, body)
  if err or code ~= 200 then
    rspamd_logger.errx(task, "textpipe gave no answer: %s", err or code)
    task:insert_result("TEXTPIPE_FAIL", 1.0)
    return
  end
  local parser = ucl.parser()
  local ok, why = parser:parse_string(tostring(body))
  local verdict = ok and parser:get_object()
  if not verdict or type(verdict.score) ~= "number" then
    rspamd_logger.errx(task, "textpipe gave no verdict: %s", why or "no score")
    task:insert_result("TEXTPIPE_FAIL", 1.0)
    return
  end
  local reasons = {}
  for _, reason in ipairs(verdict.reasons or {}) do
    reasons[#reasons + 1] = tostring(reason.word)
  end
  if verdict.is_spam == true then
    task:insert_result("TEXTPIPE_SPAM", verdict.score, reasons)
  elseif verdict.is_spam == false then
    task:insert_result("TEXTPIPE_HAM", 1.0 - verdict.score, reasons)
  else
    task:insert_result("TEXTPIPE_UNSURE", 1.0, reasons)
  end
end

local function ask(task)
  if task:get_size() > settings.largest then
    return
  end
  rspamd_http.request({
    task = task,
    url = settings.url,
    method = "POST",
    mime_type = "message/rfc822",
    body = task:get_content(),
    timeout = settings.timeout,
    callback = function(err, code, body)
      answered(task, err, code, body)
    end,
  })
end

parent = rspamd_config:register_symbol({
  name = "TEXTPIPE_CHECK",
  type = "callback",
  callback = ask,
})

local symbols = {
  TEXTPIPE_SPAM = { settings.spam_weight, "textpipe's model calls it spam" },
  TEXTPIPE_HAM = { settings.ham_weight, "textpipe's model calls it no spam" },
  TEXTPIPE_UNSURE = { 0.0, "textpipe's model is not sure" },
  TEXTPIPE_FAIL = { 0.0, "textpipe gave no answer" },
}

for name, about in pairs(symbols) do
  rspamd_config:register_symbol({ name = name, type = "virtual", parent = parent })
  rspamd_config:set_metric_symbol({
    name = name,
    score = about[1],
    description = about[2],
    group = "textpipe",
  })
end
