// Loaded before a program: its wall clock is so many milliseconds ahead of the machine's, or behind it. Of a platform each stage may have
// its own: `store=3600000,context=-60000`.
const program = process.argv[1] ?? '';
const ofStage = (process.env.TEST_CLOCK_SHIFTS ?? '')
  .split(',')
  .map((shift) => shift.split('='))
  .find(([stage]) => stage !== '' && program.includes(`/${stage}/`));
const shiftMs = Number(ofStage?.[1] ?? process.env.TEST_CLOCK_SHIFT_MS ?? 0);
const MachineDate = Date;

globalThis.Date = class ShiftedDate extends MachineDate {
  constructor(...words) {
    if (words.length === 0) super(MachineDate.now() + shiftMs);
    else super(...words);
  }

  static now() {
    return MachineDate.now() + shiftMs;
  }
};
