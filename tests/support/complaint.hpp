// What a refusal says.
#pragma once

#include <string>

namespace twofifty::test {

/// The words of the Error that `action` throws; "no error" where it throws nothing.
template <class Error, class Action>
std::string complaint_of(const Action& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace twofifty::test
