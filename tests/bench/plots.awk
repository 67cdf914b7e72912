# Draws the tables of tests/bench/run.sh as bar charts in SVG:
#
#   awk -v folder=docs/images -f tests/bench/plots.awk docs/performance.md
#
# Reads Markdown and writes folder/NAME.svg for each of these tables that it finds: talk, latency,
# slow, storm, codec. Equal tables give equal files. There is no axis: each bar has its figure beside
# it.

BEGIN {
  FS = " *[|] *"
  kWidth = 760; kRow = 24; kBar = 14; kLabels = 300; kFigures = 150; kTop = 56
  kFloor = "#9aa5b1"; kServer = "#2f6fb0"
}

# Which table comes next.
/^#/ { table = group = "" }
/^### Processor seconds of the server/ { table = "talk" }
/^### Latency/ { table = "latency" }
/^### Members that do not read/ { table = "slow" }
/^### [0-9]+ members in one room/ { table = "storm"; storm_title = substr($0, 5) }
/^[|] decode: / { table = "codec"; group = $2; sub(/^decode: /, "", group); next }
/^[|] encode / { table = "" }
/^[|][-:|]*$/ { next }
/^$/ && table == "codec" { table = "" }

table == "talk" && $2 + 0 > 0 {
  add($2 " members", $3 ~ /^[0-9]+$/ ? $3 " in flight per sender" : $3, $6, times($6), kServer)
}
# A row of the floor, one of the server, one of their ratios; a pair of bars for each column.
table == "latency" && NF > 8 { for (i = 5; i <= 8; ++i) latency[$4, i] = $i }
table == "latency" && $4 == "times" {
  for (i = 5; i <= 8; ++i) {
    name = (i < 7 ? "last" : "median") " receiver, " (i % 2 ? "p50" : "p99")
    room = $2 " members, " $3 " texts/s"
    floor = latency["floor", i]
    server = latency["server", i]
    add(room, name ", floor", floor, milliseconds(floor), kFloor)
    add(room, name ", chat_server", server, milliseconds(server) ", " times($i) " times", kServer)
  }
}
table == "slow" && $2 + 0 > 0 { add($2 " members, " $3, $4, $7, times($7), kServer) }
table == "storm" && $3 + 0 > 0 { add("", $2, $5, times($5), kServer) }
table == "codec" && $3 + 0 > 0 {
  add(group, $2, $5, $5 ", " $3 " ns", $2 ~ /memchr/ ? kFloor : kServer)
}

END {
  draw("talk", "Processor time per delivery, times the floor", "the floor")
  draw("latency", "Latency at half of the floor's rate", "")
  draw("slow", "With members that do not read, times the figure without them", "without them")
  draw("storm", storm_title ", times the floor", "the floor")
  draw("codec", "Decoding a message, times a loop that only cuts it into lines", "the loop")
}

# As the tables have it, but for those without a fraction.
function times(ratio) { return sprintf("%.3f", ratio) }
function milliseconds(us) { return sprintf("%.1f ms", us / 1000) }

function add(group, label, value, figure, color) {
  n = ++rows[table]
  groups[table, n] = group
  labels[table, n] = label
  values[table, n] = value + 0
  figures[table, n] = figure
  colors[table, n] = color
}

function escaped(text) {
  gsub(/&/, "\\&amp;", text)
  gsub(/</, "\\&lt;", text)
  return text
}

function text(x, y, more, words) {
  printf "<text x=\"%d\" y=\"%d\"%s>%s</text>\n", x, y, more, escaped(words) >file
}

# draw(NAME, TITLE, ONE): the rows of the table NAME; ONE is what a bar of 1.0 means, if anything.
function draw(name, title, one,    i, y, most, height, scale, x, width) {
  if (!rows[name]) return
  file = folder "/" name ".svg"
  most = one == "" ? 0 : 1.2
  height = kTop + 16
  for (i = 1; i <= rows[name]; ++i) {
    if (values[name, i] > most) most = values[name, i]
    height += groups[name, i] != groups[name, i - 1] ? 2 * kRow : kRow
  }
  scale = (kWidth - kLabels - kFigures) / most
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" " \
    "height=\"%d\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#1f2933\">\n", kWidth, height, \
    kWidth, height >file
  printf "<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#fbfcfd\"/>\n", kWidth, height >file
  text(16, 26, " font-size=\"15\" font-weight=\"bold\"", title)
  y = kTop
  for (i = 1; i <= rows[name]; ++i) {
    if (groups[name, i] != groups[name, i - 1]) {
      text(16, y + kRow - 7, " font-weight=\"bold\"", groups[name, i])
      y += kRow
    }
    width = values[name, i] * scale
    text(kLabels - 10, y + 16, " text-anchor=\"end\"", labels[name, i])
    printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", kLabels, y + 5, \
      width, kBar, colors[name, i] >file
    # Beside the line at 1.0, not on it.
    x = one != "" && values[name, i] < 1 ? scale : width
    text(kLabels + x + 6, y + 16, "", figures[name, i])
    y += kRow
  }
  if (one != "") {
    x = kLabels + scale
    printf "<path d=\"M%.1f %dV%d\" stroke=\"#c0392b\" stroke-dasharray=\"4 3\"/>\n", x, kTop, \
      y + 4 >file
    text(x, kTop - 6, " font-size=\"11\" fill=\"#c0392b\" text-anchor=\"middle\"", "1.0: " one)
  }
  print "</svg>" >file
  close(file)
}
