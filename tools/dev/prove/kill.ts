export async function kills(_count: number, _seed: number): Promise<string> {
  return '';
}
