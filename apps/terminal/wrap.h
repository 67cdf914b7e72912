// Breaks a text into rows of a given width, between words if possible.
//
//   Wrap("one two three", 8, 6)   -> {"one two", "three"}     the first row may be 8 wide, others 6
//
// Pure function; thread-safe. O(size of the text).
#ifndef CHATHTTP_APPS_TERMINAL_WRAP_H_
#define CHATHTTP_APPS_TERMINAL_WRAP_H_

#include <string_view>
#include <vector>

namespace chathttp {

// Returns at least one row. Rows are views into `text`, which must be ShownText, without the blanks
// at which it was broken. A word wider than a row is broken between clusters. Widths below 2 count
// as 2, in which every character fits.
[[nodiscard]] std::vector<std::string_view> Wrap(std::string_view text, int first_columns,
                                                 int next_columns);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_WRAP_H_
