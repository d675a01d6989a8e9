// On request, printing unfolds the evidence and the tests.
{
  let opened = [];
  addEventListener("beforeprint", () => {
    if (!byId("evidence").checked) return;
    reveal(document.body);
    opened = [...document.querySelectorAll(".claims details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened = [];
  });
}
